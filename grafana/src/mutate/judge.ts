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

/** The rules that these tests need, with a mutant in place of the original: alerts that they name, and what those depend on. */
function needed(original: Rule, mutant: Rule, test: unknown) {
  let text = JSON.stringify(test);
  const kept = new Set(all.filter((rule) => rule.alert && text.includes(called(rule))));
  for (let size = -1; size < kept.size;) {
    size = kept.size;
    text += JSON.stringify([...kept]);
    for (const rule of all) if (rule.record && text.includes(rule.record)) kept.add(rule);
  }
  const changed = (rule: Rule) => (rule === original ? mutant : rule);
  return groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => kept.has(rule)).map(changed) }));
}

export async function isCaught(original: Rule, mutant: Rule): Promise<boolean> {
  const names = dependents(called(original));
  const work = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    const write = (name: string, content: unknown) => writeFileSync(join(work, name), JSON.stringify(content)); // JSON is YAML
    // Tests that are named after the rule detect most mutants.
    const related = tests(names).flatMap((file) => file.tests.map((test: any) => ({ ...file, tests: [test] })));
    const isOwn = (file: any) => Number(file.tests[0].name.startsWith(called(original)));
    related.sort((one, other) => isOwn(other) - isOwn(one));
    for (const [index, file] of related.entries()) {
      write('rules.yml', { groups: needed(original, mutant, file.tests) });
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
