// All accounts and endpoints: what needs attention.

import { HEALTH, SEVERITIES, bad, falling, rising } from '../kit/colors.js';
import { AGE, LIVE, SPEND, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import {
  ACCOUNT,
  FIRING_ON,
  STUCK,
  WORST,
  account,
  alerts,
  errorRatio,
  errorRatioOfAll,
  NO_JOBS,
  fleet,
  health,
  ofEndpoints,
  p95,
  perEndpoint,
  perMinute,
  queueWait,
  runway,
  threshold,
  worst,
  worstFinding,
  worstFindingAge,
} from '../kit/promql.js';
import { line } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';

const GROUP = 'account, endpoint_id, endpoint_name';
const OPEN =
  '/d/runpod-endpoint?var-datasource=${datasource}&var-endpoint=${__data.fields.Id}&${account:queryparam}&${__url_time_range}';
/** 0 while any account can be read, otherwise no series: tells "none" from "unknown". */
const zero = `0 * count(runpod_up{${ACCOUNT}})`;

/** The number of endpoints in a state; 0 if others are known. */
const inState = (state: number) => `count((${health}) == ${state}) or 0 * count((${health}) >= 0)`;

const top = side(
  3,
  stats({
    title: 'Unhealthy',
    about: 'Endpoints whose users get no answers. The table below says why.',
    unit: 'none',
    expr: inState(0),
    thresholds: bad(),
    loud: true,
  }),
  stats({
    title: 'Degraded',
    about: 'Endpoints whose users get answers late, or errors for some of their jobs. The table below says why.',
    unit: 'none',
    expr: inState(1),
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'Critical alerts',
    about: 'Firing alerts that need attention now.',
    unit: 'none',
    expr: `count(${alerts('critical')}) or ${zero}`,
    thresholds: bad(),
    loud: true,
  }),
  stats({
    title: 'Warnings',
    about: 'Firing alerts that need attention today; a warning whose critical alert fires too is not counted.',
    unit: 'none',
    expr: `count(${alerts('warning')}) or ${zero}`,
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'Jobs queued',
    about: 'Jobs waiting for a worker, over all endpoints.',
    unit: 'none',
    expr: `sum(${perEndpoint('runpod_queue_depth')})`,
  }),
  stats({
    title: 'Failed jobs',
    about: 'Share of failed jobs in the last ten minutes, over all endpoints.',
    unit: 'percentunit',
    decimals: 2,
    expr: errorRatioOfAll,
    words: { [NO_JOBS]: { text: 'no jobs', color: 'text' } },
  }),
  stats({
    title: 'Runway',
    about: 'Time until the balance is used up at the spend of the last 30 minutes; the shortest of several accounts.',
    unit: 'h',
    decimals: 1,
    expr: `min(${runway})`,
    thresholds: falling(defaults('balance_runway_hours')),
  }),
  stats({
    title: 'Data age',
    about: 'Age of the oldest data that is read at every scrape: endpoints, queues and workers, pods, account.',
    unit: 's',
    decimals: 0,
    expr: `time() - min(max by (account, collector) (runpod_collector_data_timestamp_seconds{${ACCOUNT},collector=~"${LIVE}"}))`,
    thresholds: rising(AGE),
  }),
);

const WAIT = { [STUCK]: { text: 'no progress', color: 'red' } };

const endpoints = tables({
  title: 'Endpoints, worst first',
  about:
    'Current state of every endpoint; the name links to its dashboard. State and finding are those of the exporter, with the thresholds of each endpoint; the finding is the most severe, without those that follow from it. Wait is the time until the queue is empty at the present rate. A dash means that the value is unknown, or for errors and p95 that too few jobs ended.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint', link: { title: 'Open ${__data.fields.Endpoint}', url: OPEN } },
    { label: 'account', title: 'Account', width: 80 },
    { label: 'finding', title: 'Finding', width: 148 },
    { label: 'severity', title: 'Severity', width: 75, words: SEVERITIES },
    { label: 'endpoint_id', title: 'Id', width: 135 },
  ],
  order: ['State', 'Endpoint', 'Finding', 'Severity', 'For'],
  sort: 'State',
  ascending: true,
  then: 'Queued',
  values: [
    { title: 'State', expr: health, unit: 'none', words: HEALTH, width: 82 },
    silent(worstFinding),
    { title: 'For', expr: worstFindingAge, unit: 's', decimals: 0, width: 75 },
    { title: 'Queued', expr: perEndpoint('runpod_queue_depth'), unit: 'none', width: 80 },
    { title: 'Wait', expr: queueWait, unit: 's', decimals: 0, words: WAIT, width: 95 },
    { title: 'Running', expr: perEndpoint('runpod_workers_running'), unit: 'none', width: 70 },
    { title: 'Ready', expr: perEndpoint('runpod_workers_ready'), unit: 'none', width: 62 },
    { title: 'Max', expr: perEndpoint('runpod_workers_max'), unit: 'none', width: 52 },
    {
      title: 'Throttled',
      expr: perEndpoint('runpod_workers_throttled'),
      unit: 'none',
      thresholds: bad('orange'),
      width: 82,
    },
    { title: 'Unhealthy', expr: perEndpoint('runpod_workers_unhealthy'), unit: 'none', thresholds: bad(), width: 85 },
    { title: 'Jobs / min', expr: perMinute(GROUP), unit: 'none', decimals: 1, width: 82 },
    { title: 'Failed', expr: errorRatio(GROUP), unit: 'percentunit', decimals: 1, width: 68 },
    { title: 'p95', expr: p95, unit: 's', decimals: 1, width: 82 },
    { title: 'Today', expr: perEndpoint('runpod_endpoint_billed_day_dollars'), unit: 'currencyUSD', decimals: 2, width: 78 },
  ],
});

const firing = tables({
  title: 'Active alerts',
  about:
    'Firing alerts; a warning whose critical alert fires too is left out. An empty list means that there are none, or that the rules are not loaded.',
  empty: 'no alerts, or the rules are not loaded',
  labels: [
    { label: 'severity', title: 'Severity', width: 80, words: SEVERITIES },
    { label: 'alertname', title: 'Alert' },
    { label: 'on', title: 'On', width: 160 },
    { label: 'account', title: 'Account', width: 110 },
  ],
  hide: ['endpoint_id', 'endpoint_name', 'pod_id', 'pod_name', 'instance'],
  sort: 'Severity',
  ascending: true,
  values: [silent(FIRING_ON)],
});

const spend = account('runpod_account_spend_dollars_per_hour');
const billed = (span: 'day' | 'month') =>
  `sum by (account) (max by (account, resource) (runpod_billed_${span}_dollars{${ACCOUNT}}))`;
const ANSWERS = { 0: { text: 'no answer', color: 'red' }, 1: { text: 'ok', color: 'green' } };

const accounts = tables({
  title: 'Accounts',
  about: 'Money and limits of each account. Workers is the share of the worker quota that is in use.',
  labels: [{ label: 'account', title: 'Account' }],
  sort: 'Runway',
  ascending: true,
  values: [
    { title: 'Runpod', expr: account('runpod_up'), unit: 'none', words: ANSWERS, width: 85 },
    { title: 'Balance', expr: account('runpod_account_balance_dollars'), unit: 'currencyUSD', decimals: 2, width: 95 },
    {
      title: 'Runway',
      expr: runway,
      unit: 'h',
      decimals: 1,
      thresholds: falling(defaults('balance_runway_hours')),
      width: 90,
    },
    { title: '$ / h', expr: spend, unit: 'currencyUSD', decimals: 2, width: 75 },
    { title: 'Today', expr: billed('day'), unit: 'currencyUSD', decimals: 2, width: 85 },
    { title: 'Month', expr: billed('month'), unit: 'currencyUSD', decimals: 2, width: 90 },
    {
      title: 'Spend limit',
      expr: `${spend} / (${account('runpod_account_spend_limit_dollars_per_hour')} > 0)`,
      unit: 'percentunit',
      decimals: 0,
      thresholds: rising(SPEND),
      width: 90,
    },
    {
      title: 'Workers',
      expr: `sum by (account) (${fleet('running')} + ${fleet('idle')}) / ${account('runpod_account_workers_quota')}`,
      unit: 'percentunit',
      decimals: 0,
      width: 80,
    },
  ],
});

const NAME = '{{endpoint_name}} · {{endpoint_id}}';
const range = (metric: string, ...more: string[]) => `${ofEndpoints(metric, ...more)}[$__range] @ end()`;
const RATIO = 'account_endpoint:runpod_requests_failed:ratio_increase10m';
const P95 = 'account_endpoint:runpod_latency_seconds:p95_10m';
const RECORDED = 'no data; the recording rules may not be loaded';
const limits = (signal: string) => [
  line(threshold(signal, 'warning'), 'warning threshold'),
  line(threshold(signal, 'critical'), 'critical threshold'),
];

const lines = [
  side(
    9,
    graph({
      title: `Jobs queued: the ${WORST} deepest queues`,
      about: `Jobs waiting for a worker: the ${WORST} endpoints with the deepest queue in the time range, and the lowest thresholds.`,
      unit: 'short',
      queries: [
        line(
          worst(
            perEndpoint('runpod_queue_depth'),
            `max by (account, endpoint_id) (max_over_time(${range('runpod_queue_depth')}))`,
          ),
          NAME,
        ),
        ...limits('queue_depth'),
      ],
      steps: true,
      long: true,
    }),
    graph({
      title: `Failed jobs: the ${WORST} endpoints with most failures`,
      about: `Share of failed jobs in ten minutes: the ${WORST} endpoints with the most failed jobs in the time range, and the lowest thresholds.`,
      unit: 'percentunit',
      queries: [
        line(
          worst(
            perEndpoint(RATIO),
            `max by (account, endpoint_id) (increase(${range('runpod_requests_total', 'status="failed"')}))`,
          ),
          NAME,
        ),
        ...limits('error_ratio'),
      ],
      empty: RECORDED,
      long: true,
    }),
  ),
  side(
    9,
    graph({
      title: `p95: the ${WORST} slowest endpoints`,
      about: `The 95th percentile on a logarithmic scale: latency of single jobs if they are reported to the exporter, otherwise the execution time that Runpod reports. The ${WORST} endpoints with the highest average in the time range, and the lowest thresholds.`,
      unit: 's',
      queries: [
        line(worst(perEndpoint(P95), `max by (account, endpoint_id) (avg_over_time(${range(P95)}))`), NAME),
        ...limits('latency_p95_seconds'),
      ],
      empty: RECORDED,
      log: true,
      long: true,
    }),
    graph({
      title: 'Jobs ended per minute, by account',
      about: 'Jobs that completed or failed, per minute, over ten minutes.',
      unit: 'short',
      stacked: true,
      queries: [
        line(
          `sum by (account) (max by (${GROUP}) (${ofEndpoints('account_endpoint:runpod_requests_ended:increase10m')})) / 10`,
          '{{account}}',
        ),
      ],
      empty: RECORDED,
      long: true,
    }),
  ),
];

const WORKERS = `account_state:runpod_workers:sum{${ACCOUNT}`;
const workers = graph({
  title: 'Workers of all endpoints, by what they do',
  about: 'Workers by state and the sum of the maximum numbers, over all endpoints of the accounts, whichever are selected.',
  unit: 'short',
  stacked: true,
  steps: true,
  queries: [
    ...['running', 'idle', 'initializing', 'throttled', 'unhealthy'].map((state) =>
      line(`sum(max by (account) (${WORKERS},state="${state}"}))`, state),
    ),
    line(`sum(max by (account) (${WORKERS},state="max"}))`, 'max'),
  ],
  empty: RECORDED,
  outline: 'max',
});

export const overview: Page = {
  uid: 'runpod-overview',
  title: 'Overview',
  about: 'All accounts and endpoints: what needs attention, load, errors, latency and cost.',
  variables: ['endpoint'],
  sections: [
    { lines: [top, side(9, endpoints), { height: 7, panels: [firing, accounts], widths: [11, 13] }] },
    { title: 'Over time', lines: [...lines, side(8, workers)] },
  ],
};
