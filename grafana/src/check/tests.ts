// The tests of the rules, and promtool. promtool evaluates every rule of a file at every step of a test, and most tests are about
// one or two of the rules: each test runs with the rules that its result depends on.

import { spawn } from 'node:child_process';
import { RULES, TESTS, read, type Rule } from './rules.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed YAML has no types */

export interface Group {
  name: string;
  rules: Rule[];
}

/** A test file with a single test. */
export interface Test {
  /** The file that it is from. */
  file: string;
  name: string;
  content: any;
  /** The rules that it needs. */
  rules: Set<Rule>;
}

export const groups: Group[] = read(RULES).flatMap(({ content }) => content.groups);
export const all: Rule[] = groups.flatMap(({ rules }) => rules);
export const called = ({ record, alert }: Rule): string => (record ?? alert)!;

/** What the result of a rule depends on, as text: its expression, and the queries in its annotations. */
const reads = ({ expr, annotations = {} }: Rule) => [expr, ...Object.values(annotations)].join('\n');

/** Alerts that a text reads as series: all of them if it reads ALERTS without a name. */
function alerts(text: string): Rule[] {
  const selected = [...text.matchAll(/ALERTS(?:_FOR_STATE)?(\{[^}]*\})?/g)].map(([, matchers = '']) => {
    const [, operator, names] = /alertname(=~|=)\\?"([^"\\]*)/.exec(matchers) ?? [];
    if (names === undefined) return () => true;
    return ({ alert }: Rule) => (operator === '=' ? alert === names : new RegExp(`^(?:${names})$`).test(alert!));
  });
  return all.filter((rule) => rule.alert !== undefined && selected.some((isSelected) => isSelected(rule)));
}

/** The rules that a text needs, directly or through others. */
function closure(text: string, asserted: Set<string>): Set<Rule> {
  const found = new Set(all.filter(({ alert }) => alert !== undefined && asserted.has(alert)));
  const add = (from: string) => {
    for (const rule of alerts(from)) found.add(rule);
    for (const rule of all) if (rule.record !== undefined && from.includes(rule.record)) found.add(rule);
  };
  add(text);
  for (const rule of found) add(reads(rule)); // a set also visits what is added meanwhile
  return found;
}

function needed({ alert_rule_test = [], promql_expr_test = [], input_series = [] }: any): Set<Rule> {
  const asserted = new Set<string>(alert_rule_test.map(({ alertname }: any) => alertname));
  const text = promql_expr_test.map(({ expr }: any) => expr).join('\n');
  const found = closure(text, asserted);
  // The series of a second exporter make a rule that is not prepared for them fail, whatever the test is about.
  const names: string[] = input_series.map(({ series }: any) => /^\w+/.exec(series)![0]);
  if (new Set(input_series.flatMap(({ series }: any) => /\binstance="([^"]*)"/.exec(series)?.[1] ?? [])).size > 1)
    for (const rule of all) if (names.some((name) => rule.expr.includes(name))) found.add(rule);
  return found;
}

export const tests: Test[] = read(TESTS, '.test.yml').flatMap(({ file, content }) =>
  content.tests.map((test: any) => ({
    file,
    name: test.name as string,
    content: { ...content, rule_files: ['rules.yml'], tests: [test] },
    rules: needed(test),
  })),
);

/** The rules with these only, `changed` in place of their originals. */
export const only = (rules: Set<Rule>, changed = (rule: Rule) => rule): { groups: Group[] } => ({
  groups: groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => rules.has(rule)).map(changed) })),
});

/** Runs promtool on test files. */
export function promtool(files: string[]): Promise<{ passed: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const process = spawn('promtool', ['test', 'rules', ...files]);
    process.stdout.on('data', (part: Buffer) => output.push(part));
    process.stderr.on('data', (part: Buffer) => output.push(part));
    process.on('error', () => reject(new Error('promtool is not installed: run make tools')));
    process.on('close', (code) => resolve({ passed: code === 0, output: Buffer.concat(output).toString() }));
  });
}
