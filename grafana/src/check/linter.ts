// The rules of Grafana's dashboard-linter, by its own names, as far as `dashboard.ts` does not have them already. docs/dashboards.md
// says which of them is looked at where.

import type { Known } from './catalog.js';
import { parse } from './promql.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- this is JSON as it was written, not as it was built */

/** Units that Grafana knows; it shows any other as a word behind the number. */
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
/** Windows of rates: that of the screen, and that of the rules, where a page shows what they judge by. */
const RATE_WINDOWS = ['$__rate_interval', '10m'];
/** What a variable chooses by. Alerts of the exporter itself have no account, so they are matched in another way. */
const CHOSEN: Record<string, string> = { account: 'account', endpoint: 'endpoint_id', pod: 'pod_id' };
const ALERTS = 'ALERTS';

type Check = (board: any, known: Known) => string[];

const asked = (board: any): any[] => board.templating.list.filter(({ type }: any) => type === 'query');
const panels = (board: any): any[] => board.panels.filter(({ type }: any) => type !== 'row');
const ofPanels = (board: any, problems: (panel: any) => string[]): string[] =>
  panels(board).flatMap((panel) => problems(panel).map((why) => `${panel.title || panel.id}: ${why}`));
const ofExpressions = (board: any, problems: (expr: string) => string[]): string[] =>
  ofPanels(board, ({ targets = [] }) => targets.flatMap(({ expr }: any) => problems(expr)));

const RULES: Record<string, Check> = {
  'template-datasource-rule': ({ templating }) => {
    const [source] = templating.list;
    return source.type === 'datasource' && source.name === 'datasource' && source.label === 'Data source'
      ? []
      : ['the first variable is not the data source'];
  },
  // The account is what the job is elsewhere.
  'template-job-rule': (board) =>
    asked(board)
      .filter(
        (v) =>
          !v.multi ||
          !v.includeAll ||
          v.allValue !== '.+' ||
          !v.label ||
          v.datasource.uid !== '${datasource}' ||
          !CHOSEN[v.name],
      )
      .map(({ name }) => `the variable ${name} is not like the others`),
  'template-label-promql-rule': (board) =>
    asked(board)
      .filter(({ query: { query } }) => !/^label_values\(\w+, \w+\)$|^query_result\(.+\)$/s.test(query))
      .map(({ name }) => `nobody can read the query of the variable ${name}`),
  'template-on-time-change-reload-rule': (board) =>
    asked(board)
      .filter(({ refresh }) => refresh !== 2)
      .map(({ name }) => `the variable ${name} is not asked again when the time changes`),
  'panel-title-description-rule': (board) => ofPanels(board, ({ title }) => (title ? [] : ['no title'])),
  'panel-units-rule': (board) =>
    ofPanels(board, ({ fieldConfig, options }) => {
      const overrides = fieldConfig.overrides.flatMap(({ properties }: any) => properties);
      const units = [
        fieldConfig.defaults.unit,
        options.yAxis?.unit,
        ...overrides.filter(({ id }: any) => id === 'unit').map(({ value }: any) => value),
      ];
      return units.filter((unit) => unit && !UNITS.includes(unit)).map((unit) => `no unit is called ${unit}`);
    }),
  'panel-no-targets-rule': (board) => ofPanels(board, ({ targets = [] }) => (targets.length > 0 ? [] : ['it asks nothing'])),
  'target-rate-interval-rule': (board) =>
    ofExpressions(board, (expr) => {
      const windows = [...expr.matchAll(/\bi?rate\([^[]*\[([^\]]+)\]/g)].map(([, window]) => window!);
      return windows.filter((window) => !RATE_WINDOWS.includes(window)).map((window) => `a rate over ${window}: ${expr}`);
    }),
  // Whatever has the label of a variable is matched by it.
  'target-job-rule': (board, known) => {
    const labels = asked(board).map(({ name }) => [name, CHOSEN[name]!] as const);
    return ofExpressions(board, (expr) =>
      parse(expr).selectors.flatMap(({ metric, matched }) =>
        labels
          .filter(([name, label]) => known.get(metric)?.labels.includes(label) && !(metric === ALERTS && name !== 'account'))
          .filter(([name, label]) => !matched.some((matcher) => matcher.startsWith(`${label}=~"$${name}`)))
          .map(([name]) => `${metric} is not of the chosen ${name}: ${expr}`),
      ),
    );
  },
  'uneditable-dashboard': ({ editable }) => (editable === false ? [] : ['it can be edited, and the next start undoes it']),
};

export const linter: Check = (board, known) =>
  Object.entries(RULES).flatMap(([name, check]) => check(board, known).map((why) => `${why} (${name})`));
