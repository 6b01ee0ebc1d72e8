// Takes pictures of the overview, for whoever has changed it: few endpoints and many, wide and narrow, light and dark.
//
//   node tests/page/pictures.mjs [FOLDER]

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launch, open } from './browser.mjs';
import { demo, freePort } from './exporter.mjs';

const folder = process.argv[2] ?? 'target/page';
const TALLEST = 4_000; // who wants to see all of five hundred rows opens the page

mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const endpoints of [5, 500]) {
  const exporter = await demo(await freePort(), `--endpoints=${endpoints}`);
  for (const width of [1280, 390]) {
    for (const scheme of ['light', 'dark']) {
      const { tab } = await open(browser, exporter.url, { width, scheme });
      const height = Math.min(TALLEST, await tab.evaluate(() => document.documentElement.scrollHeight));
      const file = path.join(folder, `overview-${endpoints}-${width}-${scheme}.png`);
      await tab.screenshot({ path: file, clip: { x: 0, y: 0, width, height }, captureBeyondViewport: true });
      console.log(file);
      await tab.close();
    }
  }
  await exporter.stop();
}
await browser.close();
