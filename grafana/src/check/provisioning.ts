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
  return [
    ...missing,
    ...unseen.map((path) => `compose.yaml: the dashboards are not mounted at ${path}`),
    ...unreachable(services).map((why) => `compose.yaml: ${why}`),
  ];
}

/** URLs for people lead to a published port, and URLs for services to a service. Those of Alertmanager's templates are for people. */
function unreachable(services: Record<string, any>): string[] {
  const published = Object.values(services).flatMap(({ ports = [] }) =>
    ports.map((port: string) => /^127\.0\.0\.1:(\d+):/.exec(port)?.[1]),
  );
  const places = readFileSync(join(ROOT, 'prometheus/alertmanager/templates/places.tmpl'), 'utf8');
  const urls = [...`${JSON.stringify(services)}${places}`.matchAll(/http:\/\/([\w-]+):(\d+)/g)];
  const problems = urls
    .filter(([, host, port]) => (host === 'localhost' ? !published.includes(port) : services[host!] === undefined))
    .map(([url]) => `${url} leads nowhere`);
  const exporter = services['exporter'].environment;
  for (const name of ['ALERTMANAGER_URL', 'ALERTMANAGER_EXTERNAL_URL', 'EXTERNAL_URL', 'GRAFANA_URL'])
    if (!exporter[`RUNPOD_EXPORTER_${name}`]) problems.push(`the exporter has no RUNPOD_EXPORTER_${name}`);
  // Otherwise its links to silences have the name of its container.
  if (!services['alertmanager'].command.some((flag: string) => flag.startsWith('--web.external-url=http://localhost:')))
    problems.push('Alertmanager has no --web.external-url');
  return problems;
}
