// The exporter: whether its data is up to date and complete.

import { bad, good, rising } from '../kit/colors.js';
import { AGE, LIVE, QUOTA, INTERVAL_AGE } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { ACCOUNT, process } from '../kit/promql.js';
import { line } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';

const own = (metric: string, ...more: string[]) => `${metric}{${[ACCOUNT, ...more].join(',')}}`;
const dataAge = (...more: string[]) =>
  `time() - min by (account, collector) (${own('runpod_collector_data_timestamp_seconds', ...more)})`;
const quota = `min by (account, window) (${own('runpod_api_quota_remaining')}) / max by (account, window) (${own('runpod_api_quota_limit')})`;
/** The number of series that are 0; no series without input. */
const none = (expr: string) => `count(${expr} == 0) or 0 * count(${expr})`;
const UP = { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } };
const OK = { 0: { text: 'failing', color: 'red' }, 1: { text: 'ok', color: 'green' } };
const READ = { 0: { text: 'invalid', color: 'red' }, 1: { text: 'loaded', color: 'green' } };
const percentile = (q: number) =>
  `histogram_quantile(${q}, sum by (api, le) (rate(runpod_api_request_duration_seconds_bucket[$__rate_interval]))) >= 0`;

const top = side(
  3,
  stats({
    title: 'Accounts',
    about: 'Whether every account answered.',
    unit: 'none',
    expr: `min(${own('runpod_up')})`,
    thresholds: good(),
    words: UP,
    loud: true,
    noValue: 'no data',
  }),
  stats({
    title: 'Collectors failing',
    about: 'Collectors that did not succeed completely in the last scrape.',
    unit: 'none',
    expr: none(`max by (account, collector) (${own('runpod_collector_success')})`),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Unread endpoints',
    about: 'Endpoints whose own request failed in the last scrape.',
    unit: 'none',
    expr: none(`max by (account, endpoint_id) (${own('runpod_endpoint_up')})`),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Scrape duration',
    about: 'Time from the first request to Runpod to the last response; the slowest of several exporters.',
    unit: 's',
    decimals: 2,
    expr: 'max(runpod_scrape_duration_seconds)',
  }),
  stats({
    title: 'Truncated scrapes',
    about: 'Share of the scrapes in the last hour that ended at the deadline without all data.',
    unit: 'percentunit',
    decimals: 0,
    expr: 'max(avg_over_time(runpod_scrape_truncated[1h]))',
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Retired APIs',
    about: 'Runpod APIs that answered 410 Gone; another API is the fallback if there is one.',
    unit: 'none',
    expr: `sum(max by (account, api) (${own('runpod_api_retired')}))`,
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Rejected keys',
    about: 'APIs that answer 401 to a key and accept it for nothing else.',
    unit: 'none',
    expr: `sum(max by (account, api, key) (${own('runpod_api_key_rejected')}))`,
    thresholds: bad('red'),
  }),
  stats({
    title: 'Configuration',
    about: 'Whether the last reload of the configuration succeeded; if not, the previous one stays in force.',
    unit: 'none',
    expr: 'min(runpod_exporter_config_last_reload_successful)',
    thresholds: good(),
    words: READ,
  }),
);

const collectors = tables({
  title: 'Collectors',
  about: 'Each collector of each account: whether every part succeeded, its duration, and the age of its oldest data.',
  labels: [
    { label: 'account', title: 'Account', width: 125 },
    { label: 'collector', title: 'Collector', width: 115 },
  ],
  sort: 'Data age',
  values: [
    {
      title: 'State',
      expr: `max by (account, collector) (${own('runpod_collector_success')})`,
      unit: 'none',
      words: OK,
      width: 90,
    },
    {
      title: 'Failed parts',
      expr: `max by (account, collector) (sum by (account, collector, job, instance) (${own('runpod_collector_parts', 'outcome!="ok"')})) or 0 * max by (account, collector) (${own('runpod_collector_success')})`,
      unit: 'none',
      width: 100,
    },
    {
      title: 'Duration',
      expr: `max by (account, collector) (${own('runpod_collector_duration_seconds')})`,
      unit: 's',
      decimals: 2,
      width: 105,
    },
    {
      title: 'Last success',
      expr: `time() - max by (account, collector) (${own('runpod_collector_last_success_timestamp_seconds')} > 0)`,
      unit: 's',
      decimals: 0,
      width: 105,
    },
    { title: 'Data age', expr: dataAge(), unit: 's', decimals: 0, width: 105 },
  ],
});

const sources = tables({
  title: 'Data sources',
  about: 'The API that each collector reads its data from.',
  empty: 'none',
  labels: [
    { label: 'collector', title: 'Collector' },
    { label: 'api', title: 'API' },
  ],
  sort: 'Collector',
  ascending: true,
  values: [{ title: '', unit: 'none', expr: `max by (collector, api) (${own('runpod_collector_data_timestamp_seconds')})` }],
});

const versions = tables({
  title: 'Versions',
  about:
    'Versions of the exporters, whether they run as a demo, and the time since their start and since the configuration was loaded.',
  empty: 'none',
  labels: [
    { label: 'instance', title: 'Exporter' },
    { label: 'version', title: 'Version', width: 75 },
    { label: 'mode', title: 'Mode', width: 65 },
  ],
  hide: ['job'],
  sort: 'Exporter',
  ascending: true,
  values: [
    silent('max by (job, instance, version, mode) (runpod_exporter_build_info)'),
    {
      title: 'Uptime',
      unit: 's',
      decimals: 1,
      width: 90,
      expr: `time() - max by (job, instance) (${process('process_start_time_seconds')})`,
    },
    {
      title: 'Configured',
      unit: 's',
      decimals: 1,
      width: 90,
      expr: 'time() - max by (job, instance) (runpod_exporter_config_last_reload_success_timestamp_seconds)',
    },
  ],
});

const age = side(
  8,
  graph({
    title: 'Data age: read at every scrape',
    about: 'Age of the oldest data that is read at every scrape.',
    unit: 's',
    queries: [line(dataAge(`collector=~"${LIVE}"`), '{{collector}}')],
    thresholds: rising(AGE),
  }),
  graph({
    title: 'Data age: read at intervals',
    about: 'Age of the oldest data that is rate-limited or slow and therefore read at intervals.',
    unit: 's',
    queries: [line(dataAge(`collector!~"${LIVE}"`), '{{collector}}')],
    thresholds: rising(INTERVAL_AGE),
  }),
  graph({
    title: 'Collector duration',
    about: 'Time from the first request of a collector to its last response.',
    unit: 's',
    queries: [line(`max by (collector) (${own('runpod_collector_duration_seconds')})`, '{{collector}}')],
  }),
);

const byOutcome = graph({
  title: 'Requests by outcome',
  about: 'Requests to Runpod per second, including retries.',
  unit: 'reqps',
  stacked: true,
  queries: [line(`sum by (outcome) (rate(${own('runpod_api_requests_total')}[$__rate_interval]))`, '{{outcome}}')],
});
const byOperation = graph({
  title: 'Requests by operation',
  about: 'Requests to Runpod per second, by API and operation.',
  unit: 'reqps',
  stacked: true,
  long: true,
  queries: [
    line(`sum by (api, operation) (rate(${own('runpod_api_requests_total')}[$__rate_interval]))`, '{{api}} {{operation}}'),
  ],
});
const failures = graph({
  title: 'Failures',
  about: 'Failed requests per second, by operation and outcome.',
  empty: 'none',
  unit: 'reqps',
  long: true,
  queries: [
    line(
      `sum by (operation, outcome) (rate(${own('runpod_api_requests_total', 'outcome!="ok"')}[$__rate_interval])) > 0`,
      '{{operation}} {{outcome}}',
    ),
  ],
});
const latency = graph({
  title: 'Runpod API latency',
  about: 'The 95th percentile of the response time, by API; the median is dotted.',
  unit: 's',
  faint: '/p50$/',
  queries: [line(percentile(0.95), '{{api}} p95'), line(percentile(0.5), '{{api}} p50')],
});
const remaining = graph({
  title: 'Remaining quota',
  about: 'Share of the REST API requests that remain in the current minute, hour and day.',
  unit: 'percentunit',
  max: 1,
  queries: [
    line(quota, '{{window}}'),
    line(`${QUOTA.warning} + 0 * max(${own('runpod_api_quota_limit')})`, 'warning threshold'),
  ],
});
const limit = graph({
  title: 'Request limit',
  about:
    'Maximum number of requests in flight, by server. It is halved while the server refuses requests, fails or becomes slow, and grows back as requests succeed.',
  unit: 'short',
  queries: [line(`min by (server) (${own('runpod_api_concurrency_limit')})`, '{{server}}')],
});
const waiting = graph({
  title: 'Waiting requests',
  about: 'Average time that a request waits for others in flight before it is sent, by server.',
  unit: 's',
  queries: [
    line(
      `sum by (server) (rate(${own('runpod_api_request_wait_seconds_sum')}[$__rate_interval])) / (sum by (server) (rate(${own('runpod_api_request_wait_seconds_count')}[$__rate_interval])) > 0)`,
      '{{server}}',
    ),
  ],
});
const unknown = graph({
  title: 'Unknown values',
  about: 'Values from the Runpod APIs that this exporter does not know, per hour, by field. A newer version may know them.',
  empty: 'none',
  unit: 'short',
  queries: [line('sum by (field) (increase(runpod_api_unknown_values_total[1h]))', '{{field}}')],
});

const requests = [
  { height: 8, panels: [byOutcome, byOperation], widths: [10, 14] },
  { height: 8, panels: [latency, failures], widths: [10, 14] },
  side(7, limit, waiting),
  side(7, remaining, unknown),
];

/** Increase in the last hour, where there was any. */
const hourly = (by: string, series: string) => `sum by (${by}) (increase(${series}[1h])) > 0`;
const problems = side(
  7,
  graph({
    title: 'Responses used in part',
    about:
      'Per hour: values that could not be read, elements and texts beyond a limit, and log lines that are too large or not delivered; and the number of GraphQL fields that the server rejects. What is left out is logged once for each place.',
    empty: 'none',
    unit: 'short',
    long: true,
    queries: [
      line(hourly('api, operation', own('runpod_api_unreadable_total')), '{{api}} {{operation}} unreadable'),
      line(hourly('api, operation, kind', own('runpod_api_truncated_total')), '{{api}} {{operation}} {{kind}} shortened'),
      line(hourly('account', own('runpod_log_lines_oversized_total')), 'log lines of {{account}} too large'),
      line(hourly('account', own('runpod_log_lines_dropped_total')), 'log lines of {{account}} not delivered'),
      line(`max by (account, api) (${own('runpod_api_unsupported_fields')}) > 0`, '{{api}} fields unsupported'),
    ],
  }),
  graph({
    title: 'Exporter problems',
    about:
      'Per hour: panics by task, scrapes answered at the deadline without data, reported jobs that were rejected, and connections that the exporter closed. "files not watched" is 1 while changes of the configuration files are found only every 15 seconds.',
    empty: 'none',
    unit: 'short',
    long: true,
    queries: [
      line(hourly('task', 'runpod_exporter_panics_total'), 'panics: {{task}}'),
      line('sum(increase(runpod_exporter_late_scrapes_total[1h])) > 0', 'late scrapes'),
      line(hourly('reason', 'runpod_exporter_connections_cut_total'), 'connections closed: {{reason}}'),
      line(hourly('via, reason', 'runpod_jobs_rejected_total'), 'jobs rejected: {{via}} {{reason}}'),
      line('count(runpod_exporter_config_watch_successful == 0)', 'files not watched'),
    ],
  }),
);

const self = side(
  7,
  graph({
    title: 'Series',
    about: 'Samples in each response of the exporter, as counted by Prometheus.',
    unit: 'short',
    queries: [line(process('scrape_samples_scraped'), '{{instance}}')],
  }),
  graph({
    title: 'Memory',
    about: 'Resident memory of the exporter.',
    unit: 'bytes',
    queries: [line(process('process_resident_memory_bytes'), '{{instance}}')],
  }),
  graph({
    title: 'CPU',
    about: 'Share of one core that the exporter uses.',
    unit: 'percentunit',
    queries: [line(process('rate(process_cpu_seconds_total[$__rate_interval])'), '{{instance}}')],
  }),
  graph({
    title: 'Open files',
    about: 'Open file descriptors of the exporter.',
    unit: 'short',
    queries: [line(process('process_open_fds'), '{{instance}}')],
  }),
);

export const exporter: Page = {
  uid: 'runpod-exporter',
  title: 'Exporter',
  about: 'The exporter: whether its data is up to date and complete.',
  variables: [],
  sections: [
    { lines: [top, { height: 10, panels: [collectors, sources, versions], widths: [12, 4, 8] }] },
    { title: 'Freshness', lines: [age] },
    { title: 'Requests to Runpod', lines: requests },
    { title: 'Problems', lines: [problems] },
    { title: 'Process', lines: [self] },
  ],
};
