// Every exported family is on a dashboard, or in grafana/not-shown.json with the reason.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { panelsOf } from '../kit/board.js';
import { ROOT, families } from './catalog.js';
import { families as used } from './promql.js';
import { rules } from './rules.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */

const LIST = 'grafana/not-shown.json';

/** The families in the panels; those behind a recorded series count as shown. */
function shown(boards: any[]): Set<string> {
  const names = new Set(
    boards.flatMap(panelsOf).flatMap(({ targets }: any) => targets.flatMap(({ expr }: any) => used(expr))),
  );
  const recorded = new Map(rules().flatMap(({ record, expr }) => (record ? [[record, used(expr)] as const] : [])));
  for (const name of names) for (const source of recorded.get(name) ?? []) names.add(source);
  return names;
}

export function unshown(boards: any[]): string[] {
  const excepted: Record<string, string> = JSON.parse(readFileSync(join(ROOT, LIST), 'utf8'));
  const names = shown(boards);
  const all = families().map(({ name }) => name);
  const on = (name: string) => names.has(name) || names.has(`${name}_count`) || names.has(`${name}_sum`);
  return [
    ...all
      .filter((name) => !on(name) && !excepted[name])
      .map((name) => `${name} is on no dashboard; add it to a page, or with the reason to ${LIST}`),
    ...Object.keys(excepted)
      .filter((name) => on(name) || !all.includes(name))
      .map((name) => `${LIST}: ${name} is on a dashboard, or not exported; remove it`),
  ];
}
