// Checks the accessibility of the pages with axe-core, in both color schemes, wide and narrow.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { launch, open } from './browser.mjs';
import { demo, freePort, start, until } from './exporter.mjs';

let browser, exporter, rejected, crashing, many;
before(async () => {
  browser = await launch();
  exporter = await demo(await freePort());
  rejected = await start(await freePort(), '--scene=rejected-key');
  crashing = await start(await freePort(), '--scene=crash-loop');
  many = await demo(await freePort(), '--endpoints=500');
  await until('the key was rejected', async () => (await (await fetch(rejected.url)).text()).includes('API key rejected'));
  await until('the endpoint has a cause', async () => (await (await fetch(crashing.url)).text()).includes('href="#e-'));
});
after(async () => {
  await browser.close();
  await exporter.stop();
  await rejected.stop();
  await crashing.stop();
  await many.stop();
});

async function violations(url, options) {
  const { tab } = await open(browser, url, options);
  await tab.$$eval('details', (all) => all.forEach((details) => (details.open = true)));
  // Through the debugger, because the content security policy forbids other scripts.
  await tab.evaluate(axe.source);
  const { violations, passes } = await tab.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 10, `axe has run: ${passes.length}`);
  await tab.close();
  const describe = ({ id, impact, nodes }) => `${impact}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`;
  return violations.map(describe);
}

for (const width of [1280, 390]) {
  for (const scheme of ['light', 'dark']) {
    test(`no violations at ${width} pixels, ${scheme}`, async () => {
      for (const path of ['', 'docs/', 'docs/runbooks/RunpodQueueStuck.md', 'docs/metrics.md']) {
        assert.deepEqual(await violations(exporter.url + path, { width, scheme }), [], path);
      }
      assert.deepEqual(await violations(rejected.url, { width, scheme }), [], 'rejected key');
      assert.deepEqual(await violations(crashing.url, { width, scheme }), [], 'crash loop');
    });
  }
}

test('no violations with five hundred endpoints', async () => {
  assert.deepEqual(await violations(many.url, { width: 1280, scheme: 'light' }), []);
});

/** The width of a page whose details are open and whose ages are all as long as ages get. */
function width() {
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const time of document.querySelectorAll('time'))
    time.textContent = `123 d 23 h${time.classList.contains('ago') ? ' ago' : ''}`;
  return document.documentElement.scrollWidth;
}

test('no page is wider than a phone', async () => {
  const documents = ['docs/', 'docs/runbooks/RunpodQueueStuck.md', 'docs/metrics.md', 'docs/status.md'].map(
    (path) => exporter.url + path,
  );
  for (const url of [exporter.url, rejected.url, crashing.url, many.url, ...documents]) {
    for (const phone of [360, 390]) {
      const { tab } = await open(browser, url, { width: phone });
      assert.equal(await tab.evaluate(width), phone, url);
      await tab.close();
    }
  }
});
