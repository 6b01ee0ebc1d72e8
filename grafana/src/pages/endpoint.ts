// One endpoint, or several together.

import { HEALTH, SEVERITIES, rising } from '../kit/colors.js';
import { AGE } from '../kit/limits.js';
import { optional, side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import {
  errorRatio,
  errorRatioOfAll,
  NO_JOBS,
  findingAge,
  health,
  ofEndpoints,
  p95,
  perEndpoint,
  perMinute,
  quantile,
  queueWaitOfAll,
  STUCK,
} from '../kit/promql.js';
import { line } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';
import { cost } from './endpoint/cost.js';
import { limits, sum } from './endpoint/parts.js';
import { coverage, durations, logs, reported, spread } from './endpoint/jobs.js';
import { slo } from './endpoint/slo.js';
import { configured, each, placed, rollout, starts } from './endpoint/workers.js';

const WAIT = { [STUCK]: { text: 'no progress', color: 'red' } };

const top = side(
  3,
  stats({
    title: 'State',
    about:
      'Health of the endpoint as the exporter finds it, with the configured thresholds; the worst of several endpoints.',
    unit: 'none',
    expr: `min(${health})`,
    words: HEALTH,
    loud: true,
  }),
  stats({ title: 'Jobs queued', about: 'Jobs waiting for a worker.', unit: 'none', expr: sum('runpod_queue_depth') }),
  stats({
    title: 'Wait',
    about: 'Time until the queue is empty at the rate at which jobs completed in the last ten minutes.',
    unit: 's',
    decimals: 0,
    expr: queueWaitOfAll,
    words: WAIT,
  }),
  stats({
    title: 'Workers running',
    about: 'Workers whose container runs and that are not idle.',
    unit: 'none',
    expr: sum('runpod_workers_running'),
  }),
  stats({
    title: 'Jobs per minute',
    about: 'Jobs that completed or failed, per minute, over the last ten minutes.',
    unit: 'none',
    decimals: 1,
    expr: perMinute(''),
  }),
  stats({
    title: 'Failed jobs',
    about: 'Share of failed jobs in the last ten minutes.',
    unit: 'percentunit',
    decimals: 2,
    expr: errorRatioOfAll,
    words: { [NO_JOBS]: { text: 'no jobs', color: 'text' } },
  }),
  stats({
    title: 'p95',
    about:
      'The 95th percentile: latency of single jobs if they are reported to the exporter, otherwise the execution time that Runpod reports; the slowest of several endpoints.',
    unit: 's',
    decimals: 1,
    expr: `max(${p95})`,
  }),
  stats({
    title: 'Data age',
    about: 'Age of queue, jobs and workers. It grows while Runpod does not answer.',
    unit: 's',
    decimals: 0,
    expr: `time() - min(${perEndpoint('runpod_endpoint_load_timestamp_seconds')})`,
    thresholds: rising(AGE),
  }),
);

/** The width of the axes of the panels below each other, enough for `16.7 mins`. */
const AXIS = 70;

const FOUND = 'account, endpoint_id, endpoint_name, finding, severity';
const findings = tables({
  title: 'Findings',
  about:
    'Problems that the exporter currently detects, and for how long. One that another finding explains goes away with it. An empty list also appears while the exporter is down: see State and Data age.',
  empty: 'no findings, or no data: see State',
  labels: [
    { label: 'severity', title: 'Severity', width: 90, words: SEVERITIES },
    { label: 'finding', title: 'Finding' },
    { label: 'explained_by', title: 'Explained by' },
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'account', title: 'Account', width: 140 },
    { label: 'endpoint_id', title: 'Id', width: 150 },
  ],
  order: ['Severity', 'Finding', 'For', 'Explained by'],
  sort: 'Explained by',
  ascending: true,
  then: 'For',
  values: [
    silent(
      `max by (${FOUND}) (${ofEndpoints('runpod_finding')}) or max by (${FOUND}, explained_by) (${ofEndpoints('runpod_finding_symptom')})`,
    ),
    { title: 'For', unit: 's', decimals: 0, width: 110, expr: findingAge },
  ],
});

/** The sum of the averages of each step: a short state is not missed between two points. */
const average = (metric: string) =>
  `sum(max by (account, endpoint_id) (avg_over_time(${ofEndpoints(metric)}[$__rate_interval])))`;

const workers = graph({
  title: 'Workers, by what they do',
  axis: AXIS,
  about: 'Workers by state, averaged over each step, and the configured maximum. Idle workers include standby workers.',
  unit: 'short',
  stacked: true,
  steps: true,
  queries: [
    ...['running', 'idle', 'pending', 'initializing', 'throttled', 'unhealthy'].map((state) =>
      line(average(`runpod_workers_${state}`), state),
    ),
    line(sum('runpod_workers_max'), 'max'),
  ],
  outline: 'max',
});

const waiting = graph({
  title: 'Jobs queued and in progress',
  axis: AXIS,
  about: 'Jobs waiting for a worker, the maximum of each step; jobs that a worker runs; and the configured thresholds.',
  unit: 'short',
  steps: true,
  queries: [
    line(
      `sum(max by (account, endpoint_id) (max_over_time(${ofEndpoints('runpod_queue_depth')}[$__rate_interval])))`,
      'queued',
    ),
    line(sum('runpod_queue_in_progress'), 'in progress'),
    ...limits('queue_depth'),
  ],
});

const ended = (status: string) =>
  `60 * sum by (status) (max by (account, endpoint_id, status) (rate(${ofEndpoints('runpod_requests_total', status)}[$__rate_interval])))`;
const throughput = graph({
  title: 'Jobs ended per minute',
  axis: AXIS,
  about: 'Jobs that ended, per minute, by status; failed jobs are at the bottom. A retried job is counted again.',
  unit: 'short',
  stacked: true,
  queries: [line(ended('status="failed"'), 'failed'), line(ended('status!="failed"'), '{{status}}')],
});

const latency = graph({
  title: 'Latency',
  axis: AXIS,
  about:
    'Time from arrival to end of the jobs that were reported to the exporter, over ten minutes, on a logarithmic scale; the execution time that Runpod reports; and the configured thresholds.',
  unit: 's',
  empty: 'no jobs reported: pass the exporter as webhook, or set --collector.requests or --collector.latency',
  log: true,
  faint: '/reported/',
  queries: [
    line(quantile(0.5, 'runpod_request_latency_seconds'), 'p50'),
    line(quantile(0.95, 'runpod_request_latency_seconds'), 'p95'),
    line(quantile(0.99, 'runpod_request_latency_seconds'), 'p99'),
    line(`max(${ofEndpoints('runpod_reported_execution_seconds', 'quantile="0.95"')})`, 'reported execution p95'),
    ...limits('latency_p95_seconds'),
  ],
});

const errors = graph({
  title: 'Failed jobs',
  about: 'Share of failed jobs in ten minutes, with the configured thresholds.',
  unit: 'percentunit',
  queries: [line(errorRatio(''), 'failed'), ...limits('error_ratio')],
});

const throttled = graph({
  title: 'Workers throttled',
  about: 'Workers waiting for a GPU to become free, with the configured thresholds.',
  unit: 'short',
  steps: true,
  queries: [line(sum('runpod_workers_throttled'), 'throttled'), ...limits('workers_throttled')],
});

const healthy = stats({
  title: 'Time healthy',
  about:
    'Share of the time range in which the endpoint was healthy: its users got answers in time. The lowest of several endpoints.',
  unit: 'percentunit',
  decimals: 1,
  expr: `min(max by (account, endpoint_id) (avg_over_time(${ofEndpoints('runpod_endpoint_healthy')}[$__range])))`,
});

export const endpoint: Page = {
  uid: 'runpod-endpoint',
  title: 'Endpoint',
  about: 'One endpoint, or several together: queue, workers, errors, latency, cost, releases, logs.',
  variables: ['endpoint'],
  single: true,
  sections: [
    { lines: [top, side(4, findings), side(7, workers), side(6, waiting), side(6, throughput), side(7, latency)] },
    { title: 'Errors and capacity', lines: [{ height: 7, panels: [healthy, errors, throttled], widths: [4, 10, 10] }] },
    { title: 'Service level objectives', lines: [slo] },
    {
      title: 'Workers and releases',
      lines: [{ height: 8, panels: [placed, starts, rollout], widths: [10, 7, 7] }, side(4, configured)],
    },
    { title: 'Cost', lines: [cost] },
    optional('Single jobs', 'webhook, push or --collector.requests', durations, spread, coverage),
    optional('Percentiles computed by Runpod', '--collector.latency', reported),
    optional('Logs', '--collector.logs', logs),
    optional('Each worker', '--collector.workers.each', each),
  ],
};
