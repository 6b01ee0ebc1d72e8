// Takes screenshots of the overview for review: few and many endpoints, a crash loop and a rejected
// key, wide and narrow, light and dark.
//
//   node tests/page/pictures.mjs [FOLDER]

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, open } from './browser.mjs';
import { freePort, start } from './exporter.mjs';

const folder = process.argv[2] ?? 'target/page';
const MAX_HEIGHT = 4_000; // not all of five hundred rows

const SETTLED = 60_000; // until findings, latencies and log lines are there

/** The name of each picture, and the flags of its demo. */
const DEMOS = [
  ['overview', '--endpoints=6'],
  ['many', '--endpoints=500'],
  ['crash-loop', '--scene=crash-loop'],
  ['rejected-key', '--scene=rejected-key'],
];

mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const [name, ...flags] of DEMOS) {
  const exporter = await start(await freePort(), ...flags);
  await new Promise((next) => setTimeout(next, SETTLED));
  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark']) {
      const { tab } = await open(browser, exporter.url, { width, scheme });
      const height = Math.min(MAX_HEIGHT, await tab.evaluate(() => document.documentElement.scrollHeight));
      const file = path.join(folder, `${name}-${width}-${scheme}.png`);
      await tab.screenshot({ path: file, clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true });
      console.log(file);
      await tab.close();
    }
  }
  await exporter.stop();
}
await browser.close();
