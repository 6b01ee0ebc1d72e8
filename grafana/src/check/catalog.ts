// The series that an expression may read, with their labels: what the exporter's own catalogue says, and what Prometheus adds.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Series {
  name: string;
  type: string;
  labels: string[];
}
export type Known = Map<string, Series>;

export const ROOT = join(import.meta.dirname, '../../..');
/** Families that the catalogue does not have yet. The file is deleted once it has them all. */
const PENDING = join(import.meta.dirname, '../../src/pending.json');
/** What Prometheus puts on each series of a target. */
const TARGET = ['job', 'instance'];

/** Asks the program; `RUNPOD_EXPORTER` names one that is built already. */
function families(): Series[] {
  const built = process.env['RUNPOD_EXPORTER'];
  const [program, args] = built ? [built, []] : ['cargo', ['run', '--quiet', '--locked', '--']];
  const json = execFileSync(program, [...args, 'metrics', '--format=json'], { cwd: ROOT, maxBuffer: 1 << 24 });
  return JSON.parse(json.toString());
}

export function catalog(): Known {
  const known: Known = new Map();
  const add = (name: string, type: string, labels: string[]) => {
    if (!known.has(name)) known.set(name, { name, type, labels: [...labels, ...TARGET] });
  };
  const pending: Series[] = existsSync(PENDING) ? JSON.parse(readFileSync(PENDING, 'utf8')) : [];
  const told = families();
  for (const { name } of pending.filter(({ name }) => told.some((family) => family.name === name))) {
    console.log(`note: ${name} is in the catalogue now; take it out of grafana/src/pending.json`);
  }
  for (const { name, type, labels } of [...told, ...pending]) {
    if (type !== 'histogram') {
      add(name, type, labels);
      continue;
    }
    add(`${name}_bucket`, 'counter', [...labels, 'le']);
    add(`${name}_sum`, 'counter', labels);
    add(`${name}_count`, 'counter', labels);
  }
  const every = [...new Set([...known.values()].flatMap(({ labels }) => labels))];
  add('up', 'gauge', []);
  add('scrape_samples_scraped', 'gauge', []);
  add('ALERTS', 'gauge', [...every, 'alertname', 'alertstate', 'severity', 'cause']);
  return known;
}
