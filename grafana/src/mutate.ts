// Mutation test of the rules: changes one place at a time and runs the tests with promtool. Each mutant must be detected, or be
// listed with the reason why no test can detect it. Arguments restrict the run to rules with these names.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { ROOT } from './check/catalog.js';
import type { Rule } from './check/rules.js';
import { all, called } from './check/tests.js';
import { isCaught } from './mutate/judge.js';
import { mutants, type Mutant } from './mutate/mutants.js';

interface Case extends Mutant {
  original: Rule;
  /** Rule and change. */
  title: string;
}

/** Reasons by rule and change. */
const equivalent: Record<string, Record<string, string>> = yaml(
  readFileSync(join(ROOT, 'prometheus/equivalent-mutants.yml'), 'utf8'),
) ?? {};
const chosen = process.argv.slice(2);

const named = (rule: Rule) => [called(rule), rule.labels?.['severity']].filter(Boolean).join(' ');
const cases: Case[] = all
  .filter((rule) => chosen.length === 0 || chosen.includes(called(rule)))
  .flatMap((original) =>
    mutants(original).map((mutant) => ({ ...mutant, original, title: `${named(original)}: ${mutant.name}` })),
  );
const problems: string[] = [];
let caught = 0;
let argued = 0;

// A test that fails without a change would detect every mutant.
for (const original of new Set(cases.map((one) => one.original)))
  if (await isCaught(original, original)) throw new Error(`the tests of ${named(original)} fail without a change`);

const waiting = [...cases];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { original, rule, name, title } = next;
    const listed = equivalent[named(original)]?.[name] !== undefined;
    if (await isCaught(original, rule)) {
      caught += 1;
      if (listed) problems.push(`detected, but listed as equivalent: ${title}`);
    } else {
      argued += 1;
      if (!listed) problems.push(`survived: ${title}`);
    }
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));

const known = new Set(cases.map(({ title }) => title));
for (const [rule, changes] of Object.entries(equivalent))
  for (const change of Object.keys(changes))
    if (chosen.length === 0 && !known.has(`${rule}: ${change}`))
      problems.push(`listed, but not a mutant: ${rule}: ${change}`);

for (const problem of problems.sort()) console.error(problem);
console.log(`mutants: ${cases.length}, detected ${caught}, equivalent ${argued}, problems ${problems.length}`);
process.exitCode = problems.length > 0 ? 1 : 0;
