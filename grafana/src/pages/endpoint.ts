// One endpoint, or several together.

import { SEVERITIES, rising } from '../kit/colors.js';
import { RECENT, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, heat, stats } from '../kit/panels.js';
import { errorRatio, ofEndpoints, p95, perEndpoint, quantile, threshold } from '../kit/promql.js';
import { buckets, line, type Query } from '../kit/query.js';
import { tables } from '../kit/table.js';

/** The sum over the selected endpoints. */
const sum = (metric: string, ...more: string[]) => `sum(${perEndpoint(metric, ...more)})`;
const limits = (signal: string): Query[] => [
  line(threshold(signal, 'warning'), 'warning threshold'),
  line(threshold(signal, 'critical'), 'critical threshold'),
];
const ENDED = 'account, endpoint_id, status';

/** Dollars per thousand completed jobs over a day. The bill of the month increases like a counter. */
const costPerThousand = (() => {
  const billed = `sum(max by (account, endpoint_id) (increase(${ofEndpoints('runpod_endpoint_billed_month_dollars')}[1d])))`;
  const jobs = `sum(max by (account, endpoint_id) (increase(${ofEndpoints('runpod_requests_total', 'status="completed"')}[1d])))`;
  return `1000 * (${billed} > 0) / (${jobs} > 0)`;
})();

const top = side(
  4,
  stats({
    title: 'Jobs queued',
    about: 'Jobs waiting for a worker.',
    unit: 'none',
    query: line(sum('runpod_queue_depth')),
    thresholds: rising(defaults('queue_depth')),
  }),
  stats({
    title: 'Jobs in progress',
    about: 'Jobs that are running on a worker.',
    unit: 'none',
    query: line(sum('runpod_queue_in_progress')),
  }),
  stats({
    title: 'Workers ready',
    about: 'Workers that can take a job, including standby workers.',
    unit: 'none',
    query: line(sum('runpod_workers_ready')),
  }),
  stats({
    title: 'Error ratio',
    about: 'Share of failed jobs in the last ten minutes.',
    unit: 'percentunit',
    decimals: 2,
    query: line(errorRatio('')),
    thresholds: rising(defaults('error_ratio')),
    noValue: 'no jobs',
  }),
  stats({
    title: 'p95',
    about:
      'The 95th percentile: latency of single jobs if they are reported to the exporter, otherwise the execution time that Runpod reports; the slowest of several endpoints.',
    unit: 's',
    decimals: 1,
    query: line(`max(${p95})`),
    thresholds: rising(defaults('latency_p95_seconds')),
    noValue: 'no data',
  }),
  stats({
    title: 'Cost per 1,000 jobs',
    about: 'Amount billed for the last day per thousand jobs that completed in it. Bills are an hour late.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(costPerThousand),
    noValue: 'no bill yet',
  }),
);

const findings = tables({
  title: 'Findings',
  about: 'Problems that the exporter currently detects.',
  empty: 'no findings',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'finding', title: 'Finding' },
    { label: 'severity', title: 'Severity', width: 80, words: SEVERITIES },
  ],
  hide: ['Value', 'account', 'endpoint_id'],
  sort: 'Severity',
  ascending: true,
  values: [
    {
      title: 'Value',
      unit: 'none',
      expr: `max by (account, endpoint_id, endpoint_name, finding, severity) (${ofEndpoints('runpod_finding')}) > 0`,
    },
  ],
});

const queue = graph({
  title: 'Queue and workers',
  about:
    'Jobs on the left axis, workers by state on the right axis. The number of running workers is close to the number of jobs in progress. States overlap, so their sum has no meaning.',
  unit: 'short',
  right: '/ready|initializing|throttled|unhealthy/',
  steps: true,
  queries: [
    line(sum('runpod_queue_depth'), 'queued'),
    line(sum('runpod_queue_in_progress'), 'in progress'),
    line(sum('runpod_workers_ready'), 'ready'),
    line(sum('runpod_workers_initializing'), 'initializing'),
    line(sum('runpod_workers_throttled'), 'throttled'),
    line(sum('runpod_workers_unhealthy'), 'unhealthy'),
    line(threshold('queue_depth', 'warning'), 'warning threshold'),
  ],
});

const bounds = graph({
  title: 'Workers and limits',
  about:
    'Ready and running workers, and the configured minimum and maximum. Standby workers are kept warm while scaled down.',
  unit: 'short',
  steps: true,
  queries: [
    line(sum('runpod_workers_ready'), 'ready'),
    line(sum('runpod_workers_running'), 'running'),
    line(sum('runpod_workers_standby'), 'standby'),
    line(sum('runpod_workers_min'), 'min'),
    line(sum('runpod_workers_max'), 'max'),
  ],
});

const throttled = graph({
  title: 'Throttled',
  about: 'Workers waiting for a GPU to become free, with the configured thresholds.',
  unit: 'short',
  steps: true,
  queries: [line(sum('runpod_workers_throttled'), 'throttled'), ...limits('workers_throttled')],
});

const throughput = graph({
  title: 'Jobs by status',
  about: 'Finished jobs per second, by status. A retried job is counted again.',
  unit: 'reqps',
  stacked: true,
  queries: [
    line(
      `sum by (status) (max by (${ENDED}) (rate(${ofEndpoints('runpod_requests_total')}[$__rate_interval])))`,
      '{{status}}',
    ),
  ],
});

const errors = graph({
  title: 'Error ratio',
  about: 'Share of failed jobs in the last ten minutes, with the configured thresholds.',
  unit: 'percentunit',
  queries: [line(errorRatio(''), 'failed'), ...limits('error_ratio')],
});

const percentiles = (title: string, about: string, metric: string, more: Query[] = []) =>
  graph({
    title,
    about,
    unit: 's',
    empty: 'no jobs reported',
    queries: [
      line(quantile(0.5, metric), 'p50'),
      line(quantile(0.95, metric), 'p95'),
      line(quantile(0.99, metric), 'p99'),
      ...more,
    ],
  });

/** Runpod's own percentile; the slowest of several endpoints, because percentiles cannot be averaged. */
const reported = (metric: string): Query[] => [line(`max(${ofEndpoints(metric, 'quantile="0.95"')})`, 'reported p95')];

const latency = side(
  8,
  percentiles(
    'Latency',
    'Time from arrival to end of the jobs that were reported to the exporter, over ten minutes, with the configured thresholds.',
    'runpod_request_latency_seconds',
    limits('latency_p95_seconds'),
  ),
  percentiles('Delay time', 'Time that jobs waited for a worker, over ten minutes.', 'runpod_request_delay_seconds'),
  percentiles(
    'Execution time',
    'Time that workers spent on jobs, over ten minutes, and the execution time that Runpod reports.',
    'runpod_request_execution_seconds',
    reported('runpod_reported_execution_seconds'),
  ),
);

const spread = side(
  8,
  heat({
    title: 'Latency distribution',
    about: 'Number of jobs by latency.',
    unit: 's',
    query: buckets(`sum by (le) (increase(${ofEndpoints('runpod_request_latency_seconds_bucket')}[$__rate_interval]))`),
  }),
  graph({
    title: 'Cold starts',
    about: 'Workers that download or start their image, and on the right axis the average cold start if Runpod reports it.',
    unit: 'short',
    steps: true,
    right: '/cold start/',
    queries: [
      line(sum('runpod_workers_initializing'), 'initializing'),
      line(`max(${ofEndpoints('runpod_reported_cold_start_avg_seconds')})`, 'cold start, seconds'),
    ],
  }),
  graph({
    title: 'Histogram coverage',
    about:
      'Share of the jobs that ended in the last ten minutes that were reported to the exporter: how many jobs the percentiles represent.',
    unit: 'percentunit',
    max: 1,
    empty: 'no jobs reported',
    queries: [
      line(
        `clamp_max(sum(increase(${ofEndpoints('runpod_jobs_observed_total')}[${RECENT}])) / (sum(max by (${ENDED}) (increase(${ofEndpoints('runpod_requests_total', 'status=~"completed|failed"')}[${RECENT}]))) > 0), 1)`,
        'observed',
      ),
    ],
  }),
);

const rest = side(
  8,
  graph({
    title: 'Cost per 1,000 jobs',
    about: 'Amount billed for a day per thousand jobs that completed in it.',
    empty: 'no bill yet',
    unit: 'currencyUSD',
    decimals: 2,
    queries: [line(costPerThousand, 'dollars')],
  }),
  graph({
    title: 'Rollout',
    about: 'Active workers on the latest release and on older releases.',
    unit: 'short',
    stacked: true,
    steps: true,
    queries: [
      line(sum('runpod_endpoint_rollout_workers', 'on_latest="true"'), 'latest release'),
      line(sum('runpod_endpoint_rollout_workers', 'on_latest="false"'), 'older releases'),
    ],
  }),
  graph({
    title: 'Log lines by level',
    about: 'Log lines of the workers per second, by level.',
    empty: 'logs collector is off',
    unit: 'cps',
    stacked: true,
    queries: [line(`sum by (level) (rate(${ofEndpoints('runpod_log_lines_total')}[$__rate_interval]))`, '{{level}}')],
  }),
);

const placed = tables({
  title: 'Worker locations',
  about: 'Active workers by GPU, data center and state; a worker waiting for a GPU has no location.',
  empty: 'no workers',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint', width: 125 },
    { label: 'gpu_type_id', title: 'GPU', width: 215 },
    { label: 'data_center_id', title: 'Data center', width: 105 },
    { label: 'state', title: 'State', width: 90 },
  ],
  hide: ['account', 'endpoint_id'],
  sort: 'Workers',
  values: [
    {
      title: 'Workers',
      unit: 'none',
      width: 80,
      expr: `max by (account, endpoint_id, endpoint_name, gpu_type_id, data_center_id, state) (${ofEndpoints('runpod_workers_placed')})`,
    },
  ],
});

const tokens = graph({
  title: 'Tokens',
  about: 'Input and output tokens of the reported jobs, per second.',
  empty: 'no tokens',
  unit: 'cps',
  queries: [line(`sum by (direction) (rate(${ofEndpoints('runpod_tokens_total')}[$__rate_interval]))`, '{{direction}}')],
});

export const endpoint: Page = {
  uid: 'runpod-endpoint',
  title: 'Endpoint',
  about: 'One endpoint, or several together: queue, workers, errors, latency, cost, releases, logs.',
  variables: ['endpoint'],
  sections: [
    { lines: [top] },
    {
      title: 'Queue and workers',
      lines: [
        { height: 9, panels: [queue, bounds], widths: [14, 10] },
        { height: 7, panels: [throttled, placed, findings], widths: [7, 10, 7] },
      ],
    },
    { title: 'Jobs', lines: [side(8, throughput, errors, tokens)] },
    { title: 'Latency', lines: [latency, spread] },
    { title: 'Cost, releases, logs', lines: [rest] },
  ],
};
