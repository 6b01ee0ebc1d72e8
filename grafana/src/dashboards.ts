// `write` generates the dashboards; `check` compares the files with the source and lints them.

import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from './check/catalog.js';
import { lint } from './check/dashboard.js';
import { composed, provisioning } from './check/provisioning.js';
import { recorded } from './check/rules.js';
import { dashboard } from './kit/page.js';
import { pages } from './pages/index.js';

const FOLDER = join(import.meta.dirname, '../dashboards');
const FIX = 'run: make dashboards';

const files = new Map(pages.map((page) => [`${page.uid}.json`, `${JSON.stringify(dashboard(page), null, 2)}\n`]));

function write(): void {
  for (const [name, text] of files) writeFileSync(join(FOLDER, name), text);
}

function check(): string[] {
  const problems: string[] = [];
  for (const [name, text] of files) {
    let current = '';
    try {
      current = readFileSync(join(FOLDER, name), 'utf8');
    } catch {
      // missing file: reported below
    }
    if (current !== text) problems.push(`grafana/dashboards/${name} differs from grafana/src; ${FIX}`);
  }
  for (const name of readdirSync(FOLDER)) {
    if (!files.has(name)) problems.push(`grafana/dashboards/${name} has no source in grafana/src/pages; delete it`);
  }
  const known = catalog();
  for (const series of recorded(known)) known.set(series.name, series);
  const boards = [...files.values()].map((text) => JSON.parse(text));
  return [...problems, ...lint(boards, known), ...provisioning(), ...composed()];
}

if (process.argv[2] === 'write') {
  write();
} else {
  const problems = check();
  for (const problem of problems) console.error(problem);
  console.log(`dashboards: ${files.size} pages, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
