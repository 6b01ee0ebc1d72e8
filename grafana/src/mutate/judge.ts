// Whether the tests detect a mutant: promtool runs only the rules and tests that are related to it.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RULES, TESTS, read, type Rule } from '../check/rules.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed YAML has no types */

const groups: { name: string; rules: Rule[] }[] = read(RULES).flatMap(({ content }) => content.groups);
export const all: Rule[] = groups.flatMap(({ rules }) => rules);
const files = read(TESTS, '.test.yml').map(({ content }) => content);

export const called = ({ record, alert }: Rule): string => (record ?? alert)!;

/** The names of all rules whose result depends on the rule with this name. */
function dependents(name: string): Set<string> {
  const names = new Set([name]);
  for (let size = 0; size < names.size;) {
    size = names.size;
    for (const rule of all) if ([...names].some((needed) => rule.expr.includes(needed))) names.add(called(rule));
  }
  return names;
}

/** The tests that use one of these rules. */
function tests(names: Set<string>): any[] {
  const usesOne = ({ alert_rule_test = [], promql_expr_test = [] }: any) =>
    alert_rule_test.some(({ alertname }: any) => names.has(alertname)) ||
    promql_expr_test.some(({ expr }: any) => [...names].some((name) => expr.includes(name)));
  return files
    .map((file) => ({ ...file, rule_files: ['rules.yml'], tests: file.tests.filter(usesOne) }))
    .filter((file) => file.tests.length > 0);
}

/** The rules with a mutant in place of the original, without alerts that these tests do not name. */
const changed = (original: Rule, mutant: Rule, used: string) =>
  groups.map((group) => ({
    ...group,
    rules: group.rules
      .filter((rule) => rule.record || used.includes(called(rule)))
      .map((rule) => (rule === original ? mutant : rule)),
  }));

export async function isCaught(original: Rule, mutant: Rule): Promise<boolean> {
  const names = dependents(called(original));
  const work = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    const write = (name: string, content: unknown) => writeFileSync(join(work, name), JSON.stringify(content)); // JSON is YAML
    const related = tests(names);
    write('rules.yml', { groups: changed(original, mutant, JSON.stringify(related)) });
    for (const [index, file] of related.entries()) {
      write(`${index}.test.yml`, file);
      if (!(await passes(join(work, `${index}.test.yml`)))) return true;
    }
    return false;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function passes(file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let output = '';
    const promtool = spawn('promtool', ['test', 'rules', file]);
    promtool.stdout.on('data', (part) => (output += part));
    promtool.stderr.on('data', (part) => (output += part));
    promtool.on('error', () => reject(new Error('promtool is not installed: run make tools')));
    promtool.on('close', (code) => {
      // A mutant that is not a valid rule proves nothing.
      const broken = /parse error|yaml:|could not parse|error executing/.exec(output);
      if (broken) reject(new Error(output));
      else resolve(code === 0);
    });
  });
}
