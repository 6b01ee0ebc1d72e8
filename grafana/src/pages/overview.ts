// All accounts and endpoints: what needs attention.

import { SEVERITIES, bad, falling, rising } from '../kit/colors.js';
import { AGE, LIVE, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { ACCOUNT, FIRING, FIRING_ON, account, errorRatio, ofEndpoints, p95, perEndpoint, runway } from '../kit/promql.js';
import { line, now } from '../kit/query.js';
import { tables } from '../kit/table.js';

const GROUP = 'account, endpoint_id, endpoint_name';
const OPEN =
  '/d/runpod-endpoint?var-datasource=${datasource}&var-endpoint=${__data.fields.Id}&${account:queryparam}&${__url_time_range}';

const money = side(
  4,
  stats({
    title: 'Balance',
    about: 'Remaining prepaid credit.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${account('runpod_account_balance_dollars')})`),
  }),
  stats({
    title: 'Runway',
    about: 'Time until the balance is used up at the spend of the last 30 minutes; the shortest of several accounts.',
    unit: 'h',
    decimals: 1,
    query: line(`min(${runway})`),
    thresholds: falling(defaults('balance_runway_hours')),
    loud: true,
  }),
  stats({
    title: 'Spend',
    about: 'Current cost of everything that runs and is stored, in dollars per hour.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${account('runpod_account_spend_dollars_per_hour')})`),
  }),
  stats({
    title: 'Billed today',
    about: 'Amount billed so far on this UTC day, for all resources.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(max by (account, resource) (runpod_billed_day_dollars{${ACCOUNT}}))`),
  }),
  stats({
    title: 'Firing alerts',
    about: 'Critical alerts and warnings of this exporter that are firing.',
    unit: 'none',
    query: now(`count(${FIRING}) or 0 * count(runpod_up{${ACCOUNT}})`),
    thresholds: bad(),
    loud: true,
  }),
  stats({
    title: 'Data age',
    about: 'Age of the oldest data that is read at every scrape: endpoints, queues and workers, pods, account.',
    unit: 's',
    decimals: 0,
    query: line(`time() - min(runpod_collector_data_timestamp_seconds{${ACCOUNT},collector=~"${LIVE}"})`),
    thresholds: rising(AGE),
    noValue: 'no data',
  }),
);

const load = side(
  4,
  stats({
    title: 'Workers running',
    about: 'Workers whose container runs and that are not idle.',
    unit: 'none',
    query: line(`sum(${perEndpoint('runpod_workers_running')})`),
  }),
  stats({
    title: 'Jobs queued',
    about: 'Jobs waiting for a worker, over all endpoints.',
    unit: 'none',
    query: line(`sum(${perEndpoint('runpod_queue_depth')})`),
  }),
  stats({
    title: 'Jobs in progress',
    about: 'Jobs that are running on a worker, over all endpoints.',
    unit: 'none',
    query: line(`sum(${perEndpoint('runpod_queue_in_progress')})`),
  }),
  stats({
    title: 'Jobs completed',
    about: 'Completed jobs per second.',
    unit: 'reqps',
    decimals: 2,
    query: line(
      `sum(max by (${GROUP}) (rate(${ofEndpoints('runpod_requests_total', 'status="completed"')}[$__rate_interval])))`,
    ),
  }),
  stats({
    title: 'Error ratio',
    about: 'Share of failed jobs in the last ten minutes, over all endpoints.',
    unit: 'percentunit',
    decimals: 2,
    query: line(errorRatio('')),
    thresholds: rising(defaults('error_ratio')),
    noValue: 'no jobs',
  }),
  stats({
    title: 'Slowest p95',
    about:
      'The 95th percentile of the slowest endpoint: latency of single jobs if they are reported to the exporter, otherwise the execution time that Runpod reports.',
    unit: 's',
    decimals: 1,
    query: line(`max(${p95})`),
    thresholds: rising(defaults('latency_p95_seconds')),
    noValue: 'no data',
  }),
);

const endpoints = tables({
  title: 'Endpoints',
  about: 'Current state of every endpoint; the name links to its dashboard. Cells are colored by the default thresholds.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint', link: { title: 'Open ${__data.fields.Endpoint}', url: OPEN } },
    { label: 'endpoint_id', title: 'Id', width: 140 },
  ],
  hide: ['account'],
  sort: 'Queued',
  values: [
    {
      title: 'Queued',
      expr: perEndpoint('runpod_queue_depth'),
      unit: 'none',
      thresholds: rising(defaults('queue_depth')),
      width: 78,
    },
    { title: 'In progress', expr: perEndpoint('runpod_queue_in_progress'), unit: 'none', width: 95 },
    { title: 'Ready', expr: perEndpoint('runpod_workers_ready'), unit: 'none', width: 70 },
    { title: 'Running', expr: perEndpoint('runpod_workers_running'), unit: 'none', width: 78 },
    {
      title: 'Throttled',
      expr: perEndpoint('runpod_workers_throttled'),
      unit: 'none',
      thresholds: rising(defaults('workers_throttled')),
      width: 90,
    },
    { title: 'Unhealthy', expr: perEndpoint('runpod_workers_unhealthy'), unit: 'none', thresholds: bad(), width: 92 },
    { title: 'Max', expr: perEndpoint('runpod_workers_max'), unit: 'none', width: 60 },
    {
      title: 'Errors',
      expr: errorRatio(GROUP),
      unit: 'percentunit',
      decimals: 1,
      thresholds: rising(defaults('error_ratio')),
      width: 75,
    },
    { title: 'p95', expr: p95, unit: 's', decimals: 1, thresholds: rising(defaults('latency_p95_seconds')), width: 90 },
    { title: 'Today', expr: perEndpoint('runpod_endpoint_billed_day_dollars'), unit: 'currencyUSD', decimals: 2, width: 85 },
  ],
});

const firing = tables({
  title: 'Active alerts',
  about:
    'Critical alerts and warnings of this exporter that are firing. An empty list means that there are none, or that the rules are not loaded.',
  empty: 'none',
  labels: [
    { label: 'alertname', title: 'Alert' },
    { label: 'severity', title: 'Severity', width: 80, words: SEVERITIES },
    { label: 'on', title: 'On', width: 150 },
  ],
  hide: ['Value', 'account', 'endpoint_id', 'endpoint_name', 'pod_id', 'pod_name', 'instance'],
  sort: 'Severity',
  ascending: true,
  values: [{ title: 'Value', expr: FIRING_ON, unit: 'none' }],
});

const NAME = '{{endpoint_name}}';

export const overview: Page = {
  uid: 'runpod-overview',
  title: 'Overview',
  about: 'All accounts and endpoints: cost, load, errors, latency and active alerts.',
  variables: ['endpoint'],
  sections: [
    { lines: [money, load, { height: 9, panels: [endpoints, firing], widths: [17, 7] }] },
    {
      title: 'By endpoint',
      lines: [
        side(
          8,
          graph({
            title: 'Jobs queued',
            about: 'Jobs waiting for a worker.',
            unit: 'short',
            queries: [line(perEndpoint('runpod_queue_depth'), NAME)],
            steps: true,
            thresholds: rising(defaults('queue_depth')),
          }),
          graph({
            title: 'Jobs completed',
            about: 'Completed jobs per second.',
            unit: 'reqps',
            stacked: true,
            queries: [
              line(
                `max by (${GROUP}) (rate(${ofEndpoints('runpod_requests_total', 'status="completed"')}[$__rate_interval]))`,
                NAME,
              ),
            ],
          }),
          graph({
            title: 'Error ratio',
            about: 'Share of failed jobs in the last ten minutes.',
            unit: 'percentunit',
            queries: [line(errorRatio(GROUP), NAME)],
            thresholds: rising(defaults('error_ratio')),
          }),
        ),
        side(
          8,
          graph({
            title: 'p95',
            about:
              'The 95th percentile: latency of single jobs if they are reported to the exporter, otherwise the execution time that Runpod reports.',
            unit: 's',
            queries: [line(p95, NAME)],
            thresholds: rising(defaults('latency_p95_seconds')),
          }),
          graph({
            title: 'Workers running',
            about: 'Workers whose container runs and that are not idle.',
            unit: 'short',
            stacked: true,
            queries: [line(perEndpoint('runpod_workers_running'), NAME)],
            steps: true,
          }),
          graph({
            title: 'Workers throttled',
            about: 'Workers waiting for a GPU to become free.',
            unit: 'short',
            queries: [line(perEndpoint('runpod_workers_throttled'), NAME)],
            steps: true,
            thresholds: rising(defaults('workers_throttled')),
          }),
        ),
      ],
    },
  ],
};
