// The rules of Grafana's dashboard-linter, with their original names, except those in `dashboard.ts`. docs/dashboards.md lists which
// file checks which rule.

import { panelsOf } from '../kit/board.js';
import type { Known } from './catalog.js';
import { parse } from './promql.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */

/** Units that Grafana knows; any other would be shown as text after the number. */
const UNITS = [
  'bytes',
  'celsius',
  'cps',
  'currencyUSD',
  'decbytes',
  'h',
  'none',
  'percentunit',
  'reqps',
  's',
  'short',
  'watt',
];
/** Windows of rates: `$__rate_interval`, and the window of the rules for panels that show the same value. */
const RATE_WINDOWS = ['$__rate_interval', '10m'];
/** The label that a variable selects by. Alerts about the exporter have no account and are matched differently. */
const CHOSEN: Record<string, string> = { account: 'account', endpoint: 'endpoint_id', pod: 'pod_id' };
const ALERTS = 'ALERTS';

type Check = (board: any, known: Known) => string[];

const queried = (board: any): any[] => board.templating.list.filter(({ type }: any) => type === 'query');
const ofPanels = (board: any, problems: (panel: any) => string[]): string[] =>
  panelsOf(board).flatMap((panel) => problems(panel).map((why) => `${panel.title || panel.id}: ${why}`));
const ofExpressions = (board: any, problems: (expr: string) => string[]): string[] =>
  ofPanels(board, ({ targets = [] }) => targets.flatMap(({ expr }: any) => problems(expr)));

const RULES: Record<string, Check> = {
  'template-datasource-rule': ({ templating }) => {
    const [source] = templating.list;
    return source.type === 'datasource' && source.name === 'datasource' && source.label === 'Data source'
      ? []
      : ['the first variable is not the data source'];
  },
  // The account takes the place of the job.
  'template-job-rule': (board) =>
    queried(board)
      .filter(
        (v) =>
          !v.multi ||
          (v.includeAll ? v.allValue !== '.+' : v.current.value !== '') || // opens on all options, or on the first
          !v.label ||
          v.datasource.uid !== '${datasource}' ||
          !CHOSEN[v.name],
      )
      .map(({ name }) => `the variable ${name} differs from the others`),
  'template-label-promql-rule': (board) =>
    queried(board)
      .filter(({ query: { query } }) => !/^label_values\(\w+, \w+\)$|^query_result\(.+\)$/s.test(query))
      .map(({ name }) => `the query of the variable ${name} has an unknown form`),
  'template-on-time-change-reload-rule': (board) =>
    queried(board)
      .filter(({ refresh }) => refresh !== 2)
      .map(({ name }) => `the variable ${name} is not refreshed when the time range changes`),
  'panel-title-description-rule': (board) => ofPanels(board, ({ title }) => (title ? [] : ['no title'])),
  'panel-units-rule': (board) =>
    ofPanels(board, ({ fieldConfig, options }) => {
      const overrides = fieldConfig.overrides.flatMap(({ properties }: any) => properties);
      const units = [
        fieldConfig.defaults.unit,
        options.yAxis?.unit,
        ...overrides.filter(({ id }: any) => id === 'unit').map(({ value }: any) => value),
      ];
      return units.filter((unit) => unit && !UNITS.includes(unit)).map((unit) => `unknown unit ${unit}`);
    }),
  'panel-no-targets-rule': (board) => ofPanels(board, ({ targets = [] }) => (targets.length > 0 ? [] : ['no queries'])),
  'target-rate-interval-rule': (board) =>
    ofExpressions(board, (expr) => {
      const windows = [...expr.matchAll(/\bi?rate\([^[]*\[([^\]]+)\]/g)].map(([, window]) => window!);
      return windows
        .filter((window) => !RATE_WINDOWS.includes(window))
        .map((window) => `unexpected rate window ${window}: ${expr}`);
    }),
  // Every metric that has the label of a variable is matched by that variable.
  'target-job-rule': (board, known) => {
    const labels = queried(board).map(({ name }) => [name, CHOSEN[name]!] as const);
    return ofExpressions(board, (expr) =>
      parse(expr).selectors.flatMap(({ metric, matched }) =>
        labels
          .filter(([name, label]) => known.get(metric)?.labels.includes(label) && !(metric === ALERTS && name !== 'account'))
          .filter(([name, label]) => !matched.some((matcher) => matcher.startsWith(`${label}=~"$${name}`)))
          .map(([name]) => `${metric} is not matched by the variable ${name}: ${expr}`),
      ),
    );
  },
  'uneditable-dashboard': ({ editable }) =>
    editable === false ? [] : ['it is editable, but provisioning would overwrite edits'],
};

export const linter: Check = (board, known) =>
  Object.entries(RULES).flatMap(([name, check]) => check(board, known).map((why) => `${why} (${name})`));
