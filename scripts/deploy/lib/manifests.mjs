// Plain manifests in deploy/kubernetes, rendered from the chart.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { ROOT, template } from './tools.mjs';

const FOLDER = join(ROOT, 'deploy/kubernetes');
const NOTE = '# Rendered from the Helm chart in deploy/helm by `make chart`.\n';
const VALUES = {
  existingSecret: 'runpod',
  networkPolicy: { enabled: true },
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true },
};
// What an object is written to. The pod of `helm test` is left out.
const FOLDERS = {
  Deployment: '',
  Service: '',
  ServiceAccount: '',
  NetworkPolicy: '',
  ServiceMonitor: 'monitoring',
  PrometheusRule: 'monitoring',
};

/** Without what only Helm needs, and without a namespace, which kubectl or kustomize sets. */
const plain = (text) =>
  text
    .replace(/^ *(helm\.sh\/chart: .*|app\.kubernetes\.io\/managed-by: Helm|namespace: default|# Source: .*)\n/gm, '')
    .replace(/^# Source: .*\n/m, '');

const kustomization = (files) =>
  `${NOTE}apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${files.map((file) => `  - ${file}\n`).join('')}`;

/** Path and content of each file. */
export async function manifests() {
  const { code, stdout, problem } = await template('runpod-exporter', VALUES);
  if (code !== 0) throw new Error(problem.join('\n'));
  const files = new Map();
  for (const text of stdout.split(/^---\n/m)) {
    const kind = /^kind: (\w+)$/m.exec(text)?.[1];
    if (FOLDERS[kind] !== undefined)
      files.set(join(FOLDER, FOLDERS[kind], `${kind.toLowerCase()}.yaml`), NOTE + plain(text).trimEnd() + '\n');
  }
  for (const folder of new Set(Object.values(FOLDERS))) {
    const own = Object.entries(FOLDERS).filter(([, of]) => of === folder);
    files.set(join(FOLDER, folder, 'kustomization.yaml'), kustomization(own.map(([kind]) => `${kind.toLowerCase()}.yaml`)));
  }
  return files;
}

const current = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Writes files whose content differs, or returns their paths. */
export function outdated(files, write) {
  const paths = [...files].filter(([path, text]) => current(path) !== text).map(([path]) => path);
  if (write) for (const path of paths) writeFileSync(path, files.get(path));
  return write ? [] : paths.map((path) => `${relative(ROOT, path)} is out of date; run: make chart`);
}

/** Manifests that are no longer rendered. */
export function leftover(files) {
  const all = readdirSync(FOLDER, { recursive: true }).filter((name) => name.endsWith('.yaml'));
  return all
    .filter((name) => !files.has(join(FOLDER, name)))
    .map((name) => `deploy/kubernetes/${name} is not rendered from the chart; delete it`);
}
