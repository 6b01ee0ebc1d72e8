// Checks the rules: their series and labels exist, every alert is complete, and it has all four tests. promtool runs the tests;
// the tests of the exporter compare the numbers in the rules with the limits of the findings.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, catalog } from './check/catalog.js';
import { faults, resultLabels } from './check/expression.js';
import { parse } from './check/promql.js';
import { MIGRATION, TESTS, read, recorded, rules, type Rule } from './check/rules.js';
import { pages } from './pages/index.js';

const SEVERITIES = ['critical', 'warning', 'info', 'none'];
const ANNOTATIONS = ['summary', 'description', 'action', 'resolved', 'value', 'threshold', 'dashboard', 'runbook_url'];
const RUNBOOKS = 'docs/runbooks';
const MIGRATION_PAGE = 'docs/migration.md';

type Alert = Rule & { alert: string };

const known = catalog();
for (const series of recorded(known)) known.set(series.name, series);
const all = rules();
const alerts = all.filter((rule): rule is Alert => rule.alert !== undefined);
const tests: any[] = read(TESTS, '.test.yml').flatMap(({ content }) => content.tests);

function series({ expr, record, alert }: Rule): string[] {
  const problems = faults(expr, known);
  const counted = parse(expr).selectors.filter(({ metric }) => known.get(metric)?.type === 'counter');
  const bare = counted
    .filter(({ metric }) => !new RegExp(`(rate|increase)\\(${metric}\\b`).test(expr))
    .map(({ metric }) => `${metric} is a counter without rate or increase`);
  return [...problems, ...bare].map((why) => `${alert ?? record}: ${why}`);
}

function furnished(rule: Alert): string[] {
  const problems: string[] = [];
  const { alert, labels = {}, annotations = {} } = rule;
  if (!alert.startsWith('Runpod')) problems.push('the name does not start with Runpod');
  if (!SEVERITIES.includes(labels['severity'] ?? '')) problems.push('no severity');
  if (!labels['signal']) problems.push('no signal');
  if (!rule.for) problems.push('no for');
  for (const name of ANNOTATIONS) if (!annotations[name]) problems.push(`no ${name}`);
  if (annotations['runbook_url'] !== `${RUNBOOKS}/${alert}.md`) problems.push('runbook_url is not the page of the alert');
  if (!existsSync(join(ROOT, RUNBOOKS, `${alert}.md`))) problems.push(`there is no ${RUNBOOKS}/${alert}.md`);
  const page = /^\/d\/([a-z-]+)/.exec(annotations['dashboard'] ?? '')?.[1];
  if (!pages.some(({ uid }) => uid === page)) problems.push(`no dashboard has the uid ${page}`);
  for (const [name, text] of Object.entries(annotations)) {
    if (/=\s*\\?["'](''|%s)|'%s'|"%s"/.test(text)) problems.push(`${name} puts a label into a query without %q`);
    if (/var-\w+=\{\{ \$labels\.\w+ \}\}/.test(text)) problems.push(`${name} puts a label into a URL without urlquery`);
  }
  if (JSON.stringify(labels).includes('$value'))
    problems.push('labels must not contain the value: each value would be a new alert');
  // The labels that select the rule are not labels of its result.
  const there = resultLabels(rule.expr, known);
  const used = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name!);
  for (const name of new Set(used))
    if (!there.has(name)) problems.push(`the annotations use the label ${name}, which is missing from the result`);
  return problems.map((why) => `${alert}: ${why}`);
}

/** Just below the threshold, firing, resolved, and without series. */
function tested({ alert, labels }: Alert): string[] {
  const problems: string[] = [];
  const severity = labels?.['severity'];
  const histories = tests.map(({ name, alert_rule_test = [] }: any) => ({
    name: name as string,
    fires: alert_rule_test
      .filter(({ alertname }: any) => alertname === alert)
      .map(({ exp_alerts }: any) =>
        exp_alerts.some(
          ({ exp_labels, exp_annotations }: any) => exp_labels.severity === severity && exp_annotations?.summary,
        ),
      ) as boolean[],
  }));
  const pattern = (fires: boolean[]) => fires.map((fire) => (fire ? '1' : '0')).join('');
  // An alert without a severity always fires.
  const firing = severity === 'none' ? '01' : '010';
  if (!histories.some(({ fires }) => pattern(fires).includes(firing)))
    problems.push('no test just below the threshold, firing and resolved');
  if (!histories.some(({ name, fires }) => name.endsWith(', absent') && fires.length > 0))
    problems.push('no test without its series');
  return problems.map((why) => `${alert}, ${severity}: ${why}`);
}

const migrated = rules(MIGRATION);
const page = readFileSync(join(ROOT, MIGRATION_PAGE), 'utf8');
const undocumented = migrated
  .filter(({ record }) => !page.includes(`\`${record}\``))
  .map(({ record }) => `${record}: ${MIGRATION_PAGE} does not name it`);

const problems = new Set([
  ...[...all, ...migrated].flatMap(series),
  ...alerts.flatMap((alert) => [...furnished(alert), ...tested(alert)]),
  ...undocumented,
]);
for (const problem of problems) console.error(problem);
console.log(`rules: ${alerts.length} alerts, ${all.length - alerts.length} recorded series, ${problems.size} problems`);
process.exitCode = problems.size > 0 ? 1 : 0;
