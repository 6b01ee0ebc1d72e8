// The mutants of a rule: typical mistakes, each with one changed comparison, number, window, set operator or matcher of the
// expression, or one changed `for` or `keep_firing_for`.

import { parser } from '@prometheus-io/lezer-promql';
import type { Rule } from '../check/rules.js';

export interface Mutant {
  /** The change, and its position among equal ones. */
  name: string;
  rule: Rule;
}

/** Replacements by node name in the grammar. */
const SWAPS: Record<string, string[]> = {
  Gtr: ['>=', '<'],
  Gte: ['>', '<'],
  Lss: ['<=', '>'],
  Lte: ['<', '>'],
  Eql: ['!='],
  Neq: ['=='],
  And: ['or', 'unless'],
  Or: ['and', 'unless'],
  Unless: ['and', 'or'],
  EqlSingle: ['!='],
  EqlRegex: ['!~'],
  NeqRegex: ['=~'],
};
const MINUTES: Record<string, number> = { m: 1, h: 60, d: 1440 };

/** 10% more and less; small integers by one. */
function numbers(text: string): string[] {
  const value = Number(text);
  const by = Number.isInteger(value) && value <= 10 ? 1 : value / 10;
  return [value + by, value - by].map((other) => String(Number(other.toPrecision(6))));
}

/** 20% more and less. */
function durations(text: string): string[] {
  const minutes = Number(text.slice(0, -1)) * MINUTES[text.slice(-1)]!;
  const by = Math.ceil(minutes / 5);
  return [minutes + by, minutes - by].map((other) => `${other}m`);
}

function others(node: string, text: string): string[] {
  if (node === 'NumberDurationLiteral') return numbers(text);
  if (node === 'NumberDurationLiteralInDurationContext') return durations(text);
  return SWAPS[node] ?? [];
}

function ofExpression(rule: Rule): Mutant[] {
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  parser.parse(rule.expr).iterate({
    enter({ name, from, to }) {
      const text = rule.expr.slice(from, to);
      const replacements = others(name, text);
      if (replacements.length === 0) return;
      const nth = (seen.get(text) ?? 0) + 1;
      seen.set(text, nth);
      for (const other of replacements) {
        const expr = `${rule.expr.slice(0, from)}${other}${rule.expr.slice(to)}`;
        mutants.push({ name: `${text} to ${other}, no. ${nth}`, rule: { ...rule, expr } });
      }
    },
  });
  return mutants;
}

const ofWaiting = (rule: Rule, key: 'for' | 'keep_firing_for'): Mutant[] =>
  durations(rule[key] ?? '0m').flatMap((other) =>
    rule[key] ? [{ name: `${key} ${rule[key]} to ${other}`, rule: { ...rule, [key]: other } }] : [],
  );

export const mutants = (rule: Rule): Mutant[] => [
  ...ofExpression(rule),
  ...ofWaiting(rule, 'for'),
  ...ofWaiting(rule, 'keep_firing_for'),
];
