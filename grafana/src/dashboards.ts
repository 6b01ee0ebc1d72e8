// `write` generates the dashboards; `check` compares the files with the source and lints them.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from './check/catalog.js';
import { lint } from './check/dashboard.js';
import { composed, provisioning } from './check/provisioning.js';
import { recorded } from './check/rules.js';
import { unshown } from './check/shown.js';
import { uploadable } from './check/upload.js';
import { dashboard } from './kit/page.js';
import { upload } from './kit/upload.js';
import { pages } from './pages/index.js';

const FIX = 'run: make dashboards';
const ROOT = join(import.meta.dirname, '..');

const boards = pages.map((page) => JSON.parse(JSON.stringify(dashboard(page))));
const text = (content: object) => `${JSON.stringify(content, null, 2)}\n`;
/** The files by folder. Grafana reads subfolders too, so that the variants for upload are in a folder of their own. */
const FILES: Record<string, Map<string, string>> = {
  dashboards: new Map(boards.map((board) => [`${board.uid}.json`, text(board)])),
  upload: new Map(boards.map((board) => [`${board.uid}.json`, text(upload(board))])),
};

function write(): void {
  for (const [folder, files] of Object.entries(FILES)) {
    mkdirSync(join(ROOT, folder), { recursive: true });
    for (const [name, content] of files) writeFileSync(join(ROOT, folder, name), content);
  }
}

/** Files that differ from the source, and files without a source. */
function stale(folder: string, files: Map<string, string>): string[] {
  const there = existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)) : [];
  const differs = [...files]
    .filter(([name, content]) => !there.includes(name) || readFileSync(join(ROOT, folder, name), 'utf8') !== content)
    .map(([name]) => `grafana/${folder}/${name} differs from grafana/src; ${FIX}`);
  const alien = there
    .filter((name) => !files.has(name))
    .map((name) => `grafana/${folder}/${name} has no source in grafana/src/pages; delete it`);
  return [...differs, ...alien];
}

function check(): string[] {
  const problems = Object.entries(FILES).flatMap(([folder, files]) => stale(folder, files));
  const known = catalog();
  for (const series of recorded(known)) known.set(series.name, series);
  const variants = boards.flatMap((board) => uploadable(upload(board), board));
  return [...problems, ...lint(boards, known), ...unshown(boards), ...variants, ...provisioning(), ...composed()];
}

if (process.argv[2] === 'write') {
  write();
} else {
  const problems = check();
  for (const problem of problems) console.error(problem);
  console.log(`dashboards: ${boards.length} pages, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
