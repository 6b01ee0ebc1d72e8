// Rules, dashboards and Alertmanager settings in rendered objects, compared with the files that they come from.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { parse, stringify } from 'yaml';

import { ROOT, run } from './tools.mjs';

const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const yaml = (path) => parse(read(path), { merge: true });
const RULES = readdirSync(join(ROOT, 'prometheus/rules'))
  .sort()
  .flatMap((file) => yaml(`prometheus/rules/${file}`).groups);
const DASHBOARDS = readdirSync(join(ROOT, 'grafana/dashboards')).filter((file) => file.endsWith('.json'));

/** The groups with the changes that the values ask for. */
function expected(values, namespace) {
  const { disabled = [], alertLabels = {}, absoluteLinks = false } = values.prometheusRule ?? {};
  const labels = { ...(values.alertmanagerConfig?.enabled ? { namespace } : {}), ...alertLabels };
  const url = (base, path) => `${base.replace(/\/$/, '')}${path}`;
  const alert = (rule) => {
    const links = absoluteLinks && {
      runbook_url: url(values.externalUrl, `/${rule.annotations.runbook_url}`),
      ...(rule.annotations.dashboard && { dashboard: url(values.grafanaUrl, rule.annotations.dashboard) }),
    };
    return { ...rule, labels: { ...rule.labels, ...labels }, annotations: { ...rule.annotations, ...links } };
  };
  const rules = (group) =>
    group.rules.filter((rule) => !disabled.includes(rule.alert)).map((rule) => (rule.alert ? alert(rule) : rule));
  return RULES.map((group) => ({ ...group, rules: rules(group) })).filter((group) => group.rules.length > 0);
}

/** The rules of a PrometheusRule, compared and checked by promtool. */
export async function rules({ spec }, values) {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  writeFileSync(join(folder, 'rules.yml'), stringify(spec, { aliasDuplicateObjects: false }));
  const { code, stdout, stderr } = await run('promtool', ['check', 'rules', '--lint=none', join(folder, 'rules.yml')]);
  rmSync(folder, { recursive: true });
  const problems = code === 0 ? [] : [`promtool: ${stdout}${stderr}`];
  if (!isDeepStrictEqual(spec.groups, expected(values, 'default'))) problems.push('the rules differ from prometheus/rules');
  return problems;
}

/** The dashboards in ConfigMaps, and the references to them. */
export function dashboards(objects) {
  const maps = objects.filter(
    ({ kind, data }) => kind === 'ConfigMap' && Object.keys(data).some((file) => file.endsWith('.json')),
  );
  const found = Object.assign({}, ...maps.map(({ data }) => data));
  const problems = DASHBOARDS.filter((file) => found[file]?.trim() !== read(`grafana/dashboards/${file}`).trim()).map(
    (file) => `${file} is not that of grafana/dashboards`,
  );
  if (Object.keys(found).length !== DASHBOARDS.length)
    problems.push(`${Object.keys(found).length} dashboards instead of ${DASHBOARDS.length}`);
  const references = objects.filter(({ kind }) => kind === 'GrafanaDashboard');
  for (const { metadata, spec } of references) {
    const map = maps.find(
      (map) => map.metadata.name === spec.configMapRef.name && map.metadata.namespace === metadata.namespace,
    );
    if (!map?.data[spec.configMapRef.key]) problems.push(`${metadata.name} refers to a missing ConfigMap`);
  }
  if (references.length % DASHBOARDS.length !== 0) problems.push(`${references.length} GrafanaDashboards`);
  return problems;
}

const matcher = ({ name, matchType, value }) => `${name}${matchType}"${value}"`;
const OF = { slack: 'runpod' };

function route({ receiver, group_by, group_wait, group_interval, repeat_interval, matchers }) {
  const settings = {
    receiver: OF[receiver] ?? receiver,
    groupBy: group_by,
    groupWait: group_wait,
    groupInterval: group_interval,
    repeatInterval: repeat_interval,
    matchers,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Routes and inhibition rules, written as alertmanager.yml writes them and compared with it. */
export function alertmanager({ spec }) {
  const file = yaml('prometheus/alertmanager/alertmanager.yml');
  const { routes, ...top } = spec.route;
  const written = (one) => ({ ...one, ...(one.matchers && { matchers: one.matchers.map(matcher) }) });
  const inhibited = spec.inhibitRules.map(({ sourceMatch, targetMatch, equal }) => ({
    source_matchers: sourceMatch.map(matcher),
    target_matchers: targetMatch.map(matcher),
    equal,
  }));
  const problems = [];
  if (!isDeepStrictEqual(inhibited, file.inhibit_rules)) problems.push('the inhibition rules differ from alertmanager.yml');
  if (!isDeepStrictEqual([top, ...routes.map(written)], [file.route, ...file.route.routes].map(route)))
    problems.push('the routes differ from alertmanager.yml');
  const receivers = spec.receivers.map(({ name }) => name);
  const unknown = [top, ...routes].map(({ receiver }) => receiver).filter((name) => !receivers.includes(name));
  return [...problems, ...unknown.map((name) => `there is no receiver ${name}`)];
}
