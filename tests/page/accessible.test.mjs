// axe-core on the pages, in both colour schemes, wide and narrow: nothing serious.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { launch, open } from './browser.mjs';
import { demo, freePort } from './exporter.mjs';

let browser, exporter;
before(async () => {
  browser = await launch();
  exporter = await demo(await freePort());
});
after(async () => {
  await browser.close();
  await exporter.stop();
});

async function violations(path, look) {
  const { tab } = await open(browser, exporter.url + path, look);
  await tab.$$eval('details', (all) => all.forEach((details) => (details.open = true)));
  // Through the debugger: the page itself allows no such script.
  await tab.evaluate(axe.source);
  const { violations, passes } = await tab.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 10, `axe has looked: ${passes.length}`);
  await tab.close();
  const place = ({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`;
  return violations.map(place);
}

for (const width of [1280, 390]) {
  for (const scheme of ['light', 'dark']) {
    test(`nothing is found at ${width} pixels, ${scheme}`, async () => {
      for (const path of ['', 'docs/', 'docs/runbooks/RunpodQueueStuck.md', 'docs/metrics.md']) {
        assert.deepEqual(await violations(path, { width, scheme }), [], path);
      }
    });
  }
}

test('nothing is wider than a phone', async () => {
  for (const path of ['', 'docs/', 'docs/runbooks/RunpodQueueStuck.md', 'docs/metrics.md', 'docs/status.md']) {
    const { tab } = await open(browser, exporter.url + path, { width: 390 });
    assert.equal(await tab.evaluate(() => document.documentElement.scrollWidth), 390, path);
  }
});
