// The provisioning files: keys that Grafana knows, for it passes over the others without a word.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { ROOT } from './catalog.js';

const FILES: Record<string, { list: string; keys: string[] }> = {
  'datasources/runpod.yml': { list: 'datasources', keys: ['name', 'uid', 'type', 'access', 'url', 'isDefault', 'editable', 'jsonData'] },
  'dashboards/runpod.yml': {
    list: 'providers',
    keys: ['name', 'orgId', 'folder', 'folderUid', 'type', 'disableDeletion', 'allowUiUpdates', 'updateIntervalSeconds', 'options'],
  },
};

export function provisioning(): string[] {
  return Object.entries(FILES).flatMap(([file, { list, keys }]) => {
    const content = yaml(readFileSync(join(ROOT, 'grafana/provisioning', file), 'utf8'));
    const entries: Record<string, unknown>[] = content[list] ?? [];
    const problems = entries.flatMap((entry) => Object.keys(entry).filter((key) => !keys.includes(key)).map((key) => `Grafana knows no ${key}`));
    if (content.apiVersion !== 1) problems.push('apiVersion is not 1');
    if (entries.length === 0) problems.push(`no ${list}`);
    return problems.map((why) => `grafana/provisioning/${file}: ${why}`);
  });
}
