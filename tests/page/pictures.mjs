// Takes screenshots of the overview for review: few and many endpoints, wide and narrow, light and dark.
//
//   node tests/page/pictures.mjs [FOLDER]

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, open } from './browser.mjs';
import { demo, freePort } from './exporter.mjs';

const folder = process.argv[2] ?? 'target/page';
const MAX_HEIGHT = 4_000; // not all of five hundred rows

mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const endpoints of [5, 500]) {
  const exporter = await demo(await freePort(), `--endpoints=${endpoints}`);
  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark']) {
      const { tab } = await open(browser, exporter.url, { width, scheme });
      const height = Math.min(MAX_HEIGHT, await tab.evaluate(() => document.documentElement.scrollHeight));
      const file = path.join(folder, `overview-${endpoints}-${width}-${scheme}.png`);
      await tab.screenshot({ path: file, clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true });
      console.log(file);
      await tab.close();
    }
  }
  await exporter.stop();
}
await browser.close();
