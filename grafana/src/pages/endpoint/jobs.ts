// Rows about single jobs, Runpod's own percentiles, and logs. They are empty unless the exporter receives or reads them.

import { RECENT } from '../../kit/limits.js';
import { side } from '../../kit/page.js';
import { graph, heat } from '../../kit/panels.js';
import { distribution, observed, ofEndpoints, perEndpoint, quantile } from '../../kit/promql.js';
import { buckets, line } from '../../kit/query.js';

const percentiles = (title: string, about: string, metric: string) =>
  graph({
    title,
    about,
    unit: 's',
    empty: 'no jobs reported',
    log: true,
    queries: [line(quantile(0.5, metric), 'p50'), line(quantile(0.95, metric), 'p95'), line(quantile(0.99, metric), 'p99')],
  });

export const durations = side(
  8,
  percentiles('Delay time', 'Time that jobs waited for a worker, over ten minutes.', 'runpod_request_delay_seconds'),
  percentiles('Execution time', 'Time that workers spent on jobs, over ten minutes.', 'runpod_request_execution_seconds'),
);

export const spread = side(
  8,
  heat({
    title: 'Latency distribution',
    about: 'Number of jobs by latency.',
    unit: 's',
    query: buckets(distribution('runpod_request_latency_seconds')),
  }),
  graph({
    title: 'Tokens',
    about: 'Input and output tokens of the reported jobs, per second.',
    empty: 'no tokens',
    unit: 'cps',
    queries: [
      line(
        observed(`rate(${ofEndpoints('runpod_tokens_total')}[$__rate_interval])`, 'direction', ', direction'),
        '{{direction}}',
      ),
    ],
  }),
);

const reportedJobs = observed(`increase(${ofEndpoints('runpod_jobs_observed_total')}[${RECENT}])`, '', ', via, status');
const endedJobs = `sum(max by (account, endpoint_id, status) (increase(${ofEndpoints('runpod_requests_total', 'status=~"completed|failed"')}[${RECENT}])))`;

export const coverage = side(
  7,
  graph({
    title: 'Histogram coverage',
    about:
      'Share of the jobs that ended in the last ten minutes that were reported to the exporter: how many jobs the percentiles represent.',
    unit: 'percentunit',
    max: 1,
    empty: 'no jobs reported',
    queries: [line(`clamp_max(${reportedJobs} / (${endedJobs} > 0), 1)`, 'observed')],
  }),
  graph({
    title: 'Reported jobs by channel',
    about: 'Jobs that were reported to the exporter, per minute, by channel.',
    unit: 'short',
    stacked: true,
    empty: 'no jobs reported',
    queries: [
      line(
        `60 * ${observed(`rate(${ofEndpoints('runpod_jobs_observed_total')}[$__rate_interval])`, 'via', ', via, status')}`,
        '{{via}}',
      ),
    ],
  }),
);

/** Percentiles cannot be averaged or merged: the slowest of several endpoints. */
const quantiles = (title: string, about: string, metric: string) =>
  graph({
    title,
    about: `${about} The slowest of several endpoints: percentiles cannot be averaged.`,
    unit: 's',
    empty: '--collector.latency is off, or Runpod reports nothing',
    log: true,
    queries: [line(`max by (quantile) (${ofEndpoints(metric)})`, '{{quantile}}')],
  });

export const reported = side(
  8,
  quantiles('Execution time, by quantile', 'Execution time as Runpod computes it.', 'runpod_reported_execution_seconds'),
  quantiles(
    'Delay time, by quantile',
    'Queue time in the last hour as Runpod computes it.',
    'runpod_reported_delay_seconds',
  ),
  graph({
    title: 'Averages',
    about: 'Average execution time and average cold start as Runpod computes them; the slowest of several endpoints.',
    unit: 's',
    empty: '--collector.latency is off, or Runpod reports nothing',
    queries: [
      line(`max(${perEndpoint('runpod_reported_execution_avg_seconds')})`, 'execution'),
      line(`max(${perEndpoint('runpod_reported_cold_start_avg_seconds')})`, 'cold start'),
    ],
  }),
);

export const logs = side(
  8,
  graph({
    title: 'Log lines by level',
    about:
      'Log lines of the workers per second, by level. Two exporters read the same lines; the one that read more counts.',
    empty: '--collector.logs is off, or no worker logs',
    unit: 'cps',
    stacked: true,
    queries: [
      line(
        `sum by (level) (max by (account, endpoint_id, level, source) (rate(${ofEndpoints('runpod_log_lines_total')}[$__rate_interval])))`,
        '{{level}}',
      ),
    ],
  }),
);
