// Makes the history of many endpoints from that of a few, to measure the cost of queries and to draw full pages.
//
//   node many.mjs PROMETHEUS_PORT FROM TO COUNT > OpenMetrics
//
// Each endpoint is a copy of one of the few, with its history rotated in time, and with a sample every 30 seconds as in a real scrape.
// Only the series of the Overview dashboard are copied.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { families, parse } from '../.build/check/promql.js';

const [port, from, to, count] = process.argv.slice(2);
const [start, end] = [from, to].map((time) => Date.parse(time) / 1000);
const STEP = 30;
const SCRAPE = 60;
const SHIFT = 17; // scrapes, so that neighbors differ

const board = JSON.parse(readFileSync(path.join(import.meta.dirname, '../dashboards/runpod-overview.json'), 'utf8'));
const exprs = [
  ...board.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ...board.annotations.list.map(({ expr }) => expr),
  'runpod_endpoint_info',
  'runpod_collector_data_timestamp_seconds',
];
const names = [...new Set(exprs.flatMap((expr) => parse(expr).selectors.map(({ metric }) => metric)))].sort();
if (names.length < families(exprs[0]).length) throw new Error('no series to copy');

async function samples(name) {
  const query = `${name}[${end - start + SCRAPE}s]`;
  const url = `http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query, time: String(end) })}`;
  const answer = await (await fetch(url)).json();
  if (answer.status !== 'success') throw new Error(`${answer.error}: ${query}`);
  return answer.data.result;
}

const scrapes = Math.round((end - start) / SCRAPE) + 1;
/** The value at each scrape, or undefined. */
function course(values) {
  const all = new Array(scrapes);
  for (const [time, value] of values) all[Math.round((time - start) / SCRAPE)] = Number(value);
  return all;
}
/** Begins in the middle and continues with the beginning. A counter continues with its increases. */
function rotated(all, by, counter) {
  const turned = all.map((_, i) => all[(i + by) % scrapes]);
  if (!counter) return turned;
  let [total, last] = [0, undefined];
  return turned.map((value) => {
    if (value === undefined) return undefined;
    total += last === undefined || value < last ? 0 : value - last;
    last = value;
    return total;
  });
}

const escaped = (text) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
let buffer = [];
async function write(text) {
  buffer.push(text);
  if (buffer.length < 500) return;
  const whole = buffer.join('');
  buffer = [];
  if (!process.stdout.write(whole)) await new Promise((done) => process.stdout.once('drain', done));
}
async function series(name, labels, all) {
  const text = Object.entries(labels)
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');
  const lines = [];
  all.forEach((value, scrape) => {
    if (value === undefined) return;
    const time = start + scrape * SCRAPE;
    lines.push(`${name}{${text}} ${value} ${time}\n`);
    if (time + STEP <= end && all[scrape + 1] !== undefined) lines.push(`${name}{${text}} ${value} ${time + STEP}\n`);
  });
  await write(lines.join(''));
}

const ids = (await samples('runpod_endpoint_up')).map(({ metric }) => metric.endpoint_id).sort();
const copy = (id, k) => `${id.slice(0, 10)}${String(k).padStart(4, '0')}`;
for (const name of names) {
  const found = await samples(name);
  await write(`# TYPE ${name} unknown\n`);
  const counter = /_(total|bucket|count|sum)$/.test(name);
  for (const { metric, values } of found) {
    const all = course(values);
    if (!metric.endpoint_id) {
      await series(name, metric, all);
      continue;
    }
    const first = ids.indexOf(metric.endpoint_id);
    for (let k = first; k < Number(count); k += ids.length) {
      const labels = { ...metric, endpoint_id: copy(metric.endpoint_id, k), endpoint_name: `${metric.endpoint_name}-${k}` };
      await series(name, labels, rotated(all, (k * SHIFT) % scrapes, counter));
    }
  }
}
process.stdout.write(`${buffer.join('')}# EOF\n`);
