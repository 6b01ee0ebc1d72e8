// Checks for mistakes in expressions that Prometheus accepts silently.

import type { Known } from './catalog.js';
import { parse, type Source } from './promql.js';

/** Unknown metrics and unknown labels. */
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
  for (const { labels, of } of expression.groupings) {
    const there = labelsOf(of, known);
    for (const label of labels) {
      if (!there.has(label)) problems.push(`no operand has the label ${label}`);
    }
  }
  return problems.map((problem) => `${problem}: ${expr}`);
}

const labelsOf = ({ kept, selectors }: Source, known: Known) =>
  new Set([...kept, ...selectors.flatMap(({ metric }) => known.get(metric)?.labels ?? [])]);

/** The labels that a result can have. */
export const resultLabels = (expr: string, known: Known): Set<string> => labelsOf(parse(expr).result, known);
