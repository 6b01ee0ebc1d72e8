// Checks the provisioning files for unknown keys, which Grafana ignores silently, and the mounts of compose.yaml.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { ROOT } from './catalog.js';

const FILES: Record<string, { list: string; keys: string[] }> = {
  'datasources/runpod.yml': {
    list: 'datasources',
    keys: ['name', 'uid', 'type', 'access', 'url', 'isDefault', 'editable', 'jsonData'],
  },
  'dashboards/runpod.yml': {
    list: 'providers',
    keys: [
      'name',
      'orgId',
      'folder',
      'folderUid',
      'type',
      'disableDeletion',
      'allowUiUpdates',
      'updateIntervalSeconds',
      'options',
    ],
  },
};

export function provisioning(): string[] {
  return Object.entries(FILES).flatMap(([file, { list, keys }]) => {
    const content = yaml(readFileSync(join(ROOT, 'grafana/provisioning', file), 'utf8'));
    const entries: Record<string, unknown>[] = content[list] ?? [];
    const problems = entries.flatMap((entry) =>
      Object.keys(entry)
        .filter((key) => !keys.includes(key))
        .map((key) => `Grafana has no key ${key}`),
    );
    if (content.apiVersion !== 1) problems.push('apiVersion is not 1');
    if (entries.length === 0) problems.push(`no ${list}`);
    return problems.map((why) => `grafana/provisioning/${file}: ${why}`);
  });
}

/** Mounted files exist, and the dashboards are mounted where Grafana is configured to read them. */
export function composed(): string[] {
  const { services } = yaml(readFileSync(join(ROOT, 'compose.yaml'), 'utf8'));
  const mounts: string[][] = Object.values<any>(services).flatMap(({ volumes = [] }) =>
    volumes.map((volume: string) => volume.split(':')),
  );
  const missing = mounts
    .filter(([from]) => from!.startsWith('./') && !existsSync(join(ROOT, from!)))
    .map(([from]) => `compose.yaml: ${from} does not exist`);
  const { providers } = yaml(readFileSync(join(ROOT, 'grafana/provisioning/dashboards/runpod.yml'), 'utf8'));
  const looked: string[] = providers.map(({ options }: any) => options.path);
  const unseen = looked.filter((path) => !mounts.some(([from, to]) => from === './grafana/dashboards' && to === path));
  return [...missing, ...unseen.map((path) => `compose.yaml: the dashboards are not mounted at ${path}`)];
}
