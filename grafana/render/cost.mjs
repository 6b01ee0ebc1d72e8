// Measures how long Prometheus needs for each query of a picture. Fails if a panel needs more than a second.
//
//   node cost.mjs PROMETHEUS_PORT PICTURE.json...

import { readFileSync } from 'node:fs';
import path from 'node:path';

const LIMIT = 1;
/** The fastest of some tries: other processes of the machine slow down the others. */
const TRIES = 3;
const [port, ...pictures] = process.argv.slice(2);

async function seconds({ path: route, parameters }) {
  let best = Infinity;
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now();
    await (await fetch(`http://127.0.0.1:${port}${route}?${new URLSearchParams(parameters)}`)).text();
    best = Math.min(best, (performance.now() - start) / 1000);
  }
  return best;
}

let slow = 0;
for (const picture of pictures) {
  const { queries } = JSON.parse(readFileSync(picture, 'utf8'));
  const sums = new Map();
  for (const query of queries.filter(({ panel }) => panel)) {
    sums.set(query.panel, (sums.get(query.panel) ?? 0) + (await seconds(query)));
  }
  const total = [...sums.values()].reduce((a, b) => a + b, 0);
  console.log(`${path.basename(picture, '.json')}: ${total.toFixed(2)} s`);
  for (const [title, sum] of [...sums].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${sum.toFixed(2)} s  ${title}`);
    if (sum > LIMIT) slow += 1;
  }
}
process.exitCode = slow > 0 ? 1 : 0;
