// The graphs of the Overview dashboard: the worst of many endpoints, and all together.

import { side } from '../../kit/page.js';
import { graph } from '../../kit/panels.js';
import { ACCOUNT, WORST, ofEndpoints, perEndpoint, threshold, worst } from '../../kit/promql.js';
import { line } from '../../kit/query.js';

const GROUP = 'account, endpoint_id, endpoint_name';
const NAME = '{{endpoint_name}} · {{endpoint_id}}';
const range = (metric: string, ...more: string[]) => `${ofEndpoints(metric, ...more)}[$__range] @ end()`;
const RATIO = 'account_endpoint:runpod_requests_failed:ratio_increase10m';
const P95 = 'account_endpoint:runpod_latency_seconds:p95_10m';
const RECORDED = 'no data; the recording rules may not be loaded';
const limits = (signal: string) => [
  line(threshold(signal, 'warning'), 'warning threshold'),
  line(threshold(signal, 'critical'), 'critical threshold'),
];

export const lines = [
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
export const workers = graph({
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
