// Helm, kubectl, the exporter and other programs, and the places of the files that are checked.
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = join(dirname(fileURLToPath(import.meta.url)), '..');
export const ROOT = join(HERE, '../..');
export const CHART = join(ROOT, 'deploy/helm/runpod-exporter');
const TOOLS = join(HERE, 'node_modules/.tools');
const HELM = process.env.HELM || join(TOOLS, 'helm/helm');
const KUBECTL = process.env.KUBECTL || join(TOOLS, 'kubectl/kubectl');
export const SCHEMAS = join(TOOLS, 'kubernetes');
export const EXPORTER = process.env.RUNPOD_EXPORTER || join(ROOT, 'target/debug/runpod-exporter');

/** Runs a program. Never fails: returns its exit code and outputs. */
export function run(program, args, { input, env } = {}) {
  return new Promise((resolve) => {
    const options = { maxBuffer: 1 << 28, env: env ?? process.env };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : -1) : 0;
      resolve({ code, stdout, stderr: code === -1 ? `${stderr}${error.message}` : stderr });
    });
    child.stdin.on('error', () => {}); // a program that fails early does not read its input
    child.stdin.end(input ?? '');
  });
}

// Helm reports each symbolic link of the chart.
const isNews = (line) => line.trim() !== '' && !line.includes('found symbolic link in path');

/** Runs Helm. `problem` has the lines of its error. */
export async function helm(args, input) {
  const { code, stdout, stderr } = await run(HELM, args, { input });
  const problem = stderr.split('\n').filter((line) => isNews(line) && !line.startsWith('level=INFO'));
  return { code, stdout, problem };
}

/** The objects that Helm renders with these values. */
export const template = (release, values, more = []) =>
  helm(['template', release, CHART, '--values', '-', ...more], JSON.stringify(values));

export const kustomize = (folder) => run(KUBECTL, ['kustomize', folder]);
export const exporter = (args, env = {}) => run(EXPORTER, args, { env });

/** Runs tasks, as many at a time as there are processors. */
export async function each(items, task) {
  const queue = [...items.entries()];
  const results = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await task(next[1]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
