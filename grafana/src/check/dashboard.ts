// Checks for mistakes in dashboards that Grafana accepts silently.

import { panelsOf } from '../kit/board.js';
import type { Known } from './catalog.js';
import { faults, resultLabels } from './expression.js';
import { linter } from './linter.js';
import { parse } from './promql.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */
type Board = any;
type Panel = any;

const WIDTH = 24;
const BUILT_IN = /^__/;

export function lint(boards: Board[], known: Known): string[] {
  const uids = boards.map(({ uid }) => uid);
  const problems = boards.flatMap((board) =>
    [
      ...identity(board),
      ...variables(board),
      ...grid(board),
      ...links(board, uids),
      ...panelsOf(board).flatMap((p: Panel) => panel(p, known).map((why) => `${p.title}: ${why}`)),
      ...expressions(board, known),
      ...linter(board, known),
    ].map((why) => `${board.uid}: ${why}`),
  );
  for (const uid of uids) {
    if (uids.filter((other) => other === uid).length > 1) problems.push(`${uid}: this uid is not unique`);
  }
  return problems;
}

function identity(board: Board): string[] {
  const problems: string[] = [];
  if (!/^[a-z0-9-]{1,40}$/.test(board.uid)) problems.push('the uid is invalid');
  if (board.id !== null) problems.push('the id must be null in a file');
  if (!board.description) problems.push('no description');
  if (board.refresh !== '30s' || !board.time.from.startsWith('now-'))
    problems.push('time or refresh differs from the other dashboards');
  return problems;
}

/** Every variable is used, and every used variable exists. */
function variables(board: Board): string[] {
  const defined: string[] = board.templating.list.map(({ name }: any) => name);
  const text = JSON.stringify({ ...board, templating: undefined });
  const chained = JSON.stringify(board.templating.list.map(({ query, datasource }: any) => [query, datasource]));
  const used = new Set([...`${text} ${chained}`.matchAll(/\$\{?([a-z_]\w*)/g)].map(([, name]) => name!));
  return [
    ...[...used]
      .filter((name) => !BUILT_IN.test(name) && !defined.includes(name))
      .map((name) => `no variable is called ${name}`),
    ...defined.filter((name) => !used.has(name)).map((name) => `nothing uses the variable ${name}`),
  ];
}

/** A closed row has its panels inside, in a grid of their own. */
function grid(board: Board): string[] {
  const ids: number[] = [...board.panels, ...board.panels.flatMap(({ panels = [] }: Panel) => panels)].map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `the panel id ${id} is not unique`);
  const inside = board.panels.flatMap(({ panels = [] }: Panel) => overlaps(panels));
  return [...new Set([...twice, ...overlaps(board.panels), ...inside])];
}

function overlaps(panels: Panel[]): string[] {
  const problems: string[] = [];
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels) {
    if (gridPos.x + gridPos.w > WIDTH || !Number.isInteger(gridPos.w)) problems.push(`${title}: not on the grid`);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        const other = taken.get(`${x},${y}`);
        if (other !== undefined && other !== title) problems.push(`${title} overlaps ${other}`);
        taken.set(`${x},${y}`, title);
      }
    }
  }
  return problems;
}

function links(board: Board, uids: string[]): string[] {
  const pages = [...JSON.stringify(board).matchAll(/\/d\/([a-z0-9-]+)/g)].map(([, uid]) => uid!);
  const problems = pages.filter((uid) => !uids.includes(uid)).map((uid) => `no dashboard has the uid ${uid}`);
  const [link] = board.links;
  if (!link?.includeVars || !link.keepTime || !link.tags.every((tag: string) => board.tags.includes(tag)))
    problems.push('it does not link to the other dashboards');
  return problems;
}

function panel(p: Panel, known: Known): string[] {
  const problems: string[] = [];
  if (p.datasource?.uid !== '${datasource}' || p.targets.some((t: any) => t.datasource?.uid !== '${datasource}'))
    problems.push('the data source is fixed');
  if (!/^.+\n\nMetrics?: `/s.test(p.description)) problems.push('the description names no metric');
  const units = [
    p.fieldConfig.defaults.unit,
    p.options.yAxis?.unit,
    ...p.fieldConfig.overrides.flatMap((o: any) => o.properties.filter(({ id }: any) => id === 'unit')),
  ];
  if (p.type === 'stat' && !p.targets.every(({ instant }: any) => instant))
    problems.push('a range query, whose last value may be long gone');
  const wordsOnly = p.transformations?.some(({ options }: any) => options.excludeByName?.Value);
  if (!wordsOnly && !units.some(Boolean)) problems.push('no unit');
  const steps = (p.fieldConfig.defaults.thresholds?.steps ?? []).slice(1).map(({ value }: any) => value);
  if ((p.fieldConfig.defaults.thresholds?.steps[0]?.value ?? null) !== null) problems.push('thresholds without a base step');
  if (steps.some((value: number, i: number) => i > 0 && value <= steps[i - 1])) problems.push('thresholds out of order');
  for (const target of p.targets) {
    const names = [...(target.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]: any) => name);
    const labels = resultLabels(target.expr, known);
    for (const name of names)
      if (!labels.has(name)) problems.push(`the label ${name} of the legend is missing from the result`);
  }
  for (const { id } of p.transformations ?? [])
    if (!['merge', 'organize'].includes(id)) problems.push(`unexpected transformation ${id}`);
  return problems;
}

/** Checks the expressions of panels, variables and annotations. */
function expressions(board: Board, known: Known): string[] {
  const panels = panelsOf(board)
    .flatMap(({ targets }: Panel) => targets ?? [])
    .map(({ expr }: any) => expr);
  const queries = board.templating.list.flatMap(({ query }: any) => variable(query?.query));
  const annotations = board.annotations.list.map(({ expr }: any) => expr);
  return [...panels, ...queries, ...annotations].flatMap((expr: string) => [
    ...faults(expr, known),
    ...counters(expr, known),
  ]);
}

/** The expression in `label_values(metric, label)` or `query_result(expr)`. */
function variable(query?: string): string[] {
  const values = /^label_values\((\w+), (\w+)\)$/.exec(query ?? '');
  if (values) return [`max by (${values[2]}) (${values[1]})`];
  const result = /^query_result\((.*)\)$/s.exec(query ?? '');
  return result ? [result[1]!] : [];
}

/** Counters are only read with rate or increase. */
function counters(expr: string, known: Known): string[] {
  const counted = parse(expr)
    .selectors.map(({ metric }) => metric)
    .filter((metric) => known.get(metric)?.type === 'counter');
  const bare = counted.filter((metric) => !new RegExp(`(rate|increase)\\(${metric}\\b`).test(expr));
  return bare.map((metric) => `${metric} is a counter without rate or increase: ${expr}`);
}
