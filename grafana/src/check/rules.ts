// Reads the rule files.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { ROOT, type Known, type Series } from './catalog.js';
import { resultLabels } from './expression.js';

export interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export const RULES = join(ROOT, 'prometheus/rules');
/** The series of other exporters, recorded from those of this one. */
export const MIGRATION = join(ROOT, 'prometheus/migration');
export const TESTS = join(ROOT, 'prometheus/tests');

export const read = (folder: string, ending = '.yml'): { file: string; content: any }[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .map((file) => ({ file, content: yaml(readFileSync(join(folder, file), 'utf8'), { merge: true }) }));

export const rules = (folder = RULES): Rule[] =>
  read(folder).flatMap(({ content }) => content.groups.flatMap((group: { rules: Rule[] }) => group.rules));

/** The recorded series. */
export function recorded(known: Known): Series[] {
  const found: Series[] = [];
  const all: Known = new Map(known);
  for (const rule of rules()) {
    if (!rule.record) continue;
    const labels = [...resultLabels(rule.expr, all), ...Object.keys(rule.labels ?? {})];
    const series = { name: rule.record, type: 'gauge', labels };
    all.set(series.name, series);
    found.push(series);
  }
  return found;
}
