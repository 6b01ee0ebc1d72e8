// Checks for mistakes in expressions that Prometheus accepts silently.

import type { Known } from './catalog.js';
import { parse, type Grouping, type Source } from './promql.js';

/** Labels with names that are not unique, and the ids that are. */
const NAMES: Record<string, string> = {
  endpoint_name: 'endpoint_id',
  machine_name: 'machine_id',
  pod_name: 'pod_id',
  volume_name: 'volume_id',
};

/** Aggregations and matches by a name without its id: two endpoints of one name would count as one. */
function merged({ kind, labels }: Grouping): string[] {
  const names = Object.entries(NAMES);
  if (kind === 'excludes') {
    return names
      .filter(([, id]) => labels.includes(id))
      .filter(([name]) => !labels.includes(name))
      .map(([name, id]) => `${id} is left out and ${name} is not unique`);
  }
  if (kind === 'copies') return [];
  return names
    .filter(([name, id]) => labels.includes(name) && !labels.includes(id))
    .map(([name, id]) => `${name} is not unique; group by ${id} too`);
}

/** Unknown metrics and unknown labels, and names in place of ids. */
export function faults(expr: string, known: Known): string[] {
  const expression = parse(expr);
  const problems: string[] = [];
  for (const { metric, labels } of expression.selectors) {
    const series = known.get(metric);
    if (!series) {
      problems.push(`unknown metric ${metric}`);
      continue;
    }
    for (const label of labels) {
      if (!series.labels.includes(label)) problems.push(`${metric} has no label ${label}`);
    }
  }
  problems.push(...expression.groupings.flatMap(merged));
  for (const { labels, of } of expression.groupings) {
    const there = labelsOf(of, known);
    for (const label of labels) {
      if (!there.has(label)) problems.push(`no operand has the label ${label}`);
    }
  }
  return problems.map((problem) => `${problem}: ${expr}`);
}

const labelsOf = ({ kept, selectors }: Source, known: Known) =>
  new Set([
    ...kept,
    ...selectors.flatMap(({ metric, dropped = [] }) =>
      (known.get(metric)?.labels ?? []).filter((label) => !dropped.includes(label)),
    ),
  ]);

/** The labels that a result can have. */
export const resultLabels = (expr: string, known: Known): Set<string> => labelsOf(parse(expr).result, known);
