// Whether the tests detect a mutant: promtool runs the tests that depend on the rule, until one fails.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rule } from '../check/rules.js';
import { called, only, promtool, tests, type Test } from '../check/tests.js';

/** The number of mutants that each test has detected: what detected one mutant of a rule often detects others. */
const detected = new Map<Rule, Map<Test, number>>();

/** The tests that depend on a rule, the most promising ones first: those that are named after it, and those that detected others. */
function related(rule: Rule): Test[] {
  const counts = detected.get(rule);
  const rank = (test: Test) => (counts?.get(test) ?? 0) * 2 + Number(test.name.startsWith(called(rule)));
  return tests.filter(({ rules }) => rules.has(rule)).sort((one, other) => rank(other) - rank(one));
}

export async function isCaught(original: Rule, mutant: Rule): Promise<boolean> {
  const work = mkdtempSync(join(tmpdir(), 'mutant-'));
  const write = (name: string, content: unknown) => writeFileSync(join(work, name), JSON.stringify(content)); // JSON is YAML
  try {
    for (const test of related(original)) {
      write(
        'rules.yml',
        only(test.rules, (rule) => (rule === original ? mutant : rule)),
      );
      write('one.test.yml', test.content);
      const { passed, output } = await promtool([join(work, 'one.test.yml')]);
      // A mutant that is not a valid rule proves nothing.
      if (/parse error|yaml:|could not parse|error executing/.test(output)) throw new Error(output);
      if (passed) continue;
      const counts = detected.get(original) ?? new Map<Test, number>();
      detected.set(original, counts.set(test, (counts.get(test) ?? 0) + 1));
      return true;
    }
    return false;
  } finally {
    rmSync(work, { recursive: true });
  }
}
