// Checks the rules: their series and labels exist, every alert is complete, its thresholds equal those of the dashboards, and it
// has all four tests. promtool runs the tests.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, catalog } from './check/catalog.js';
import { faults, resultLabels } from './check/expression.js';
import { numbers } from './check/limits.js';
import { parse } from './check/promql.js';
import { TESTS, read, recorded, rules, type Rule } from './check/rules.js';
import { pages } from './pages/index.js';

const SEVERITIES = ['critical', 'warning', 'info'];
const ANNOTATIONS = ['summary', 'description', 'value', 'threshold', 'dashboard', 'runbook_url'];
const RUNBOOKS = 'docs/runbooks';

type Alert = Rule & { alert: string };

const known = catalog();
for (const series of recorded(known)) known.set(series.name, series);
const all = rules();
const alerts = all.filter((rule): rule is Alert => rule.alert !== undefined);
const tests: any[] = read(TESTS).flatMap(({ content }) => content.tests);

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
  if (JSON.stringify(labels).includes('$value'))
    problems.push('labels must not contain the value: each value would be a new alert');
  const there = new Set([...resultLabels(rule.expr, known), 'cause', ...Object.keys(labels)]);
  const used = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name!);
  for (const name of new Set(used))
    if (!there.has(name)) problems.push(`the annotations use the label ${name}, which is missing from the result`);
  return problems.map((why) => `${alert}: ${why}`);
}

/** The numbers in an alert are exactly those of the dashboards. */
function limited(rule: Alert): string[] {
  const found = parse(rule.expr).limits.filter((number) => number !== 0 && number !== 1);
  const meant = numbers[rule.alert] ?? [];
  const same = found.length === meant.length && meant.every((number) => found.includes(number));
  return same
    ? []
    : [
        `${rule.alert}: the rule uses ${found.join(', ') || 'no numbers'}, the dashboards ${meant.join(', ') || 'no numbers'}`,
      ];
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
  if (!histories.some(({ fires }) => pattern(fires).includes('010')))
    problems.push('no test just below the threshold, firing and resolved');
  if (!histories.some(({ name, fires }) => name.endsWith(', absent') && fires.length > 0))
    problems.push('no test without its series');
  return problems.map((why) => `${alert}, ${severity}: ${why}`);
}

/** A runbook belongs to an alert, or the list marks it as `(no alert)`: findings have runbooks too. */
function pagesWithoutAlert(): string[] {
  const list = readFileSync(join(ROOT, RUNBOOKS, 'README.md'), 'utf8');
  const names = readdirSync(join(ROOT, RUNBOOKS)).filter((file) => file.endsWith('.md') && file !== 'README.md');
  return names.flatMap((file) => {
    const isAlert = alerts.some(({ alert }) => `${alert}.md` === file);
    const saysNone = list.includes(`(${file}) (no alert)`);
    if (!list.includes(`(${file})`)) return `${RUNBOOKS}/${file}: README.md does not list it`;
    return isAlert === saysNone
      ? `${RUNBOOKS}/${file}: README.md marks it incorrectly: (no alert) is required for pages without an alert only`
      : [];
  });
}

const problems = new Set([
  ...all.flatMap(series),
  ...alerts.flatMap((alert) => [...furnished(alert), ...limited(alert), ...tested(alert)]),
  ...pagesWithoutAlert(),
]);
for (const problem of problems) console.error(problem);
console.log(`rules: ${alerts.length} alerts, ${all.length - alerts.length} recorded series, ${problems.size} problems`);
process.exitCode = problems.size > 0 ? 1 : 0;
