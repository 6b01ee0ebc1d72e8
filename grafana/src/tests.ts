// Runs the tests of the rules, each with the rules that it needs, on all processors. Arguments restrict the run to these files.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { only, promtool, tests } from './check/tests.js';

const chosen = tests.filter(({ file }) => process.argv.length === 2 || process.argv.includes(file));
const work = mkdtempSync(join(tmpdir(), 'rules-'));
const write = (path: string, content: unknown) => writeFileSync(path, JSON.stringify(content)); // JSON is YAML

/** Writes a test and its rules into a folder whose name shows which test it is. */
function prepared({ file, content, rules }: (typeof tests)[number], number: number): string {
  const folder = join(work, `${file}-${number}`);
  mkdirSync(folder);
  write(join(folder, 'rules.yml'), only(rules));
  write(join(folder, 'one.test.yml'), content);
  return join(folder, 'one.test.yml');
}

/** What promtool says about tests that failed. */
function failures(output: string): string {
  const parts = output.split(/^(?=Unit Testing:)/m);
  return parts.filter((part) => !/^ *SUCCESS$/m.test(part)).join('');
}

try {
  const files = chosen.map(prepared);
  const waiting = [...files];
  // Every process gets a few tests at a time, so that all end at about the same time.
  const work = async (): Promise<boolean> => {
    let isGood = true;
    for (let next = waiting.splice(0, 8); next.length > 0; next = waiting.splice(0, 8)) {
      const { passed, output } = await promtool(next);
      if (!passed) console.error(failures(output));
      isGood &&= passed;
    }
    return isGood;
  };
  const results = await Promise.all(Array.from({ length: availableParallelism() }, work));
  console.log(`rules: ${files.length} tests ${results.every(Boolean) ? 'passed' : 'ran, with the failures above'}`);
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true });
}
