// The exporter itself: whether what the other pages show is fresh and whole.

import { bad, good, rising } from '../kit/colors.js';
import { AGE, LIVE, QUOTA, SLOW_AGE } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { ACCOUNT, process } from '../kit/promql.js';
import { line, now } from '../kit/query.js';
import { tables } from '../kit/table.js';

const own = (metric: string, ...more: string[]) => `${metric}{${[ACCOUNT, ...more].join(',')}}`;
const dataAge = (...more: string[]) =>
  `time() - min by (account, collector) (${own('runpod_collector_data_timestamp_seconds', ...more)})`;
const quota = `min by (account, window) (${own('runpod_api_quota_remaining')}) / max by (account, window) (${own('runpod_api_quota_limit')})`;
/** How many are 0; of nothing it is not known. */
const none = (expr: string) => `count(${expr} == 0) or 0 * count(${expr})`;
const UP = { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } };
const OK = { 0: { text: 'failing', color: 'red' }, 1: { text: 'ok', color: 'green' } };
const READ = { 0: { text: 'refused', color: 'red' }, 1: { text: 'read', color: 'green' } };
const percentile = (q: number) =>
  `histogram_quantile(${q}, sum by (api, le) (rate(runpod_api_request_duration_seconds_bucket[$__rate_interval]))) >= 0`;

const top = side(
  4,
  stats({
    title: 'Accounts',
    about: 'Whether every account answered.',
    unit: 'none',
    query: line(`min(${own('runpod_up')})`),
    thresholds: good(),
    words: UP,
    loud: true,
    noValue: 'silent',
  }),
  stats({
    title: 'Collectors failing',
    about: 'Collectors that did not come through whole in the last scrape.',
    unit: 'none',
    query: line(none(`max by (account, collector) (${own('runpod_collector_success')})`)),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Unreadable',
    about: 'Endpoints whose own read failed in the last scrape.',
    unit: 'none',
    query: line(none(`max by (account, endpoint_id) (${own('runpod_endpoint_up')})`)),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Scrape',
    about: 'Time from the first request to Runpod to its last answer; of several exporters the slowest.',
    unit: 's',
    decimals: 2,
    query: line('max(runpod_scrape_duration_seconds)'),
  }),
  stats({
    title: 'Cut short',
    about: 'Scrapes of the last hour, as a share, that the deadline cut short.',
    unit: 'percentunit',
    decimals: 0,
    query: line('max(avg_over_time(runpod_scrape_truncated[1h]))'),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Retired APIs',
    about: 'APIs of Runpod that answered 410 Gone; another steps in where one can.',
    unit: 'none',
    query: line(`sum(max by (account, api) (${own('runpod_api_retired')}))`),
    thresholds: bad('orange'),
  }),
  stats({
    title: 'Unsupported fields',
    about: 'Fields that the exporter can use and the server refused. The log names them.',
    unit: 'none',
    query: line(`sum(max by (account, api) (${own('runpod_api_unsupported_fields')}))`),
  }),
  stats({
    title: 'Configuration',
    about: 'Whether the last attempt to read the configuration succeeded; if not, the one before it is in force.',
    unit: 'none',
    query: now('min(runpod_exporter_config_last_reload_successful)'),
    thresholds: good(),
    words: READ,
  }),
);

const collectors = tables({
  title: 'Collectors',
  about: 'Each collector of each account: whether it came through, how long it took, and how old its oldest part is.',
  labels: [
    { label: 'account', title: 'Account', width: 125 },
    { label: 'collector', title: 'Collector', width: 115 },
  ],
  sort: 'Age of data',
  values: [
    {
      title: 'State',
      expr: `max by (account, collector) (${own('runpod_collector_success')})`,
      unit: 'none',
      words: OK,
      width: 90,
    },
    {
      title: 'Duration',
      expr: `max by (account, collector) (${own('runpod_collector_duration_seconds')})`,
      unit: 's',
      decimals: 2,
      width: 130,
    },
    {
      title: 'Last success',
      expr: `time() - max by (account, collector) (${own('runpod_collector_last_success_timestamp_seconds')} > 0)`,
      unit: 's',
      decimals: 0,
      width: 130,
    },
    { title: 'Age of data', expr: dataAge(), unit: 's', decimals: 0, width: 130 },
  ],
});

const sources = tables({
  title: 'Who answers',
  about: 'The API that each collector had its data from.',
  empty: 'none',
  labels: [
    { label: 'collector', title: 'Collector' },
    { label: 'api', title: 'API' },
  ],
  hide: ['Value'],
  sort: 'Collector',
  ascending: true,
  values: [
    { title: 'Value', unit: 'none', expr: `max by (collector, api) (${own('runpod_collector_data_timestamp_seconds')})` },
  ],
});

const versions = tables({
  title: 'Versions',
  about: 'The exporters and what they are; a demo says so.',
  empty: 'none',
  labels: [
    { label: 'instance', title: 'Exporter' },
    { label: 'version', title: 'Version', width: 90 },
    { label: 'mode', title: 'Mode', width: 80 },
  ],
  hide: ['Value'],
  sort: 'Exporter',
  ascending: true,
  values: [{ title: 'Value', unit: 'none', expr: 'max by (instance, version, mode) (runpod_exporter_build_info)' }],
});

const age = side(
  8,
  graph({
    title: 'Age of data: at every scrape',
    about: 'Age of the oldest part of what is read at every scrape.',
    unit: 's',
    queries: [line(dataAge(`collector=~"${LIVE}"`), '{{collector}}')],
    thresholds: rising(AGE),
  }),
  graph({
    title: 'Age of data: at intervals',
    about: 'Age of the oldest part of what is rationed or slow, and read at intervals.',
    unit: 's',
    queries: [line(dataAge(`collector!~"${LIVE}"`), '{{collector}}')],
    thresholds: rising(SLOW_AGE),
  }),
  graph({
    title: 'Duration of collectors',
    about: 'Time from a collector’s first request to its last answer.',
    unit: 's',
    queries: [line(`max by (collector) (${own('runpod_collector_duration_seconds')})`, '{{collector}}')],
  }),
);

const requests = side(
  8,
  graph({
    title: 'Requests by outcome',
    about: 'Requests to Runpod, per second, retries included.',
    unit: 'reqps',
    stacked: true,
    queries: [line(`sum by (outcome) (rate(${own('runpod_api_requests_total')}[$__rate_interval]))`, '{{outcome}}')],
  }),
  graph({
    title: 'Requests by operation',
    about: 'Requests to Runpod, per second, by what was asked of which API.',
    unit: 'reqps',
    stacked: true,
    long: true,
    queries: [
      line(`sum by (api, operation) (rate(${own('runpod_api_requests_total')}[$__rate_interval]))`, '{{api}} {{operation}}'),
    ],
  }),
  graph({
    title: 'Failures',
    about: 'Requests that did not end well, per second, by operation and outcome.',
    empty: 'none',
    unit: 'reqps',
    long: true,
    queries: [
      line(
        `sum by (operation, outcome) (rate(${own('runpod_api_requests_total', 'outcome!="ok"')}[$__rate_interval])) > 0`,
        '{{operation}} {{outcome}}',
      ),
    ],
  }),
);

const answers = side(
  8,
  graph({
    title: 'Latency of Runpod',
    about: 'The 95th percentile of the time to an answer, by API; the median is dotted.',
    unit: 's',
    faint: '/p50$/',
    queries: [line(percentile(0.95), '{{api}} p95'), line(percentile(0.5), '{{api}} p50')],
  }),
  graph({
    title: 'Quota left',
    about: 'Share of the requests to the REST API that is left in the present minute, hour and day.',
    unit: 'percentunit',
    max: 1,
    queries: [
      line(quota, '{{window}}'),
      line(`${QUOTA.warning} + 0 * max(${own('runpod_api_quota_limit')})`, 'warning below'),
    ],
  }),
  graph({
    title: 'Unknown values',
    about: 'Values of Runpod’s APIs that this exporter does not know, per hour, by field. A new version may.',
    empty: 'none',
    unit: 'short',
    queries: [line('sum by (field) (increase(runpod_api_unknown_values_total[1h]))', '{{field}}')],
  }),
);

const self = side(
  7,
  graph({
    title: 'Series',
    about: 'Samples in each answer of the exporter, as Prometheus counts them.',
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
    about: 'File descriptors of the exporter, and how many it may have.',
    unit: 'short',
    queries: [line(process('process_open_fds'), '{{instance}}')],
  }),
);

export const exporter: Page = {
  uid: 'runpod-exporter',
  title: 'Exporter',
  about: 'The exporter itself: whether what the other pages show is fresh and whole.',
  variables: [],
  sections: [
    { lines: [top, { height: 10, panels: [collectors, sources, versions], widths: [12, 5, 7] }] },
    { title: 'Freshness', lines: [age] },
    { title: 'Requests to Runpod', lines: [requests, answers] },
    { title: 'The process', lines: [self] },
  ],
};
