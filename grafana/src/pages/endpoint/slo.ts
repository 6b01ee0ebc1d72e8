// Service level objectives: how much of the error budget is left, and how fast it is used up.

import { falling } from '../../kit/colors.js';
import { side } from '../../kit/page.js';
import { graph } from '../../kit/panels.js';
import { ofEndpoints } from '../../kit/promql.js';
import { line } from '../../kit/query.js';
import { tables } from '../../kit/table.js';

/** The time for which an error budget is meant. */
const PERIOD = '30d';
const LABELS = 'account, endpoint_id, endpoint_name';
const objective = `max by (${LABELS}, slo) (${ofEndpoints('runpod_slo_objective')})`;

const failed = (window: string, status: string) =>
  `sum by (${LABELS}) (max by (${LABELS}, status) (increase(${ofEndpoints('runpod_requests_total', `status=~"${status}"`)}[${window}])))`;
/** Single jobs by a bound of the histogram without the decimal place that some versions of Prometheus add. */
const within = (window: string) =>
  `label_replace(max by (${LABELS}, le) (increase(${ofEndpoints('runpod_request_latency_seconds_bucket')}[${window}])), "bucket", "$1", "le", "(.+?)([.]0)?")`;
const threshold = `max by (${LABELS}, bucket) (${ofEndpoints('runpod_slo_latency_threshold_seconds')})`;

/** The share of the jobs that missed each objective. */
function missed(window: string): string {
  const ended = failed(window, 'completed|failed');
  const success = `(${failed(window, 'failed')} or 0 * ${ended}) / (${ended} > 0)`;
  const all = `max by (${LABELS}) (increase(${ofEndpoints('runpod_request_latency_seconds_count')}[${window}]))`;
  const good = `sum by (${LABELS}) (${within(window)} and on (${LABELS}, bucket) ${threshold})`;
  return `(label_replace(${success}, "slo", "success", "", "") or label_replace(1 - ${good} / (${all} > 0), "slo", "latency", "", ""))`;
}
/** 1 uses up the budget exactly in the period. */
const burn = (window: string) => `${missed(window)} / on (${LABELS}, slo) (1 - ${objective})`;

const objectives = tables({
  title: 'Service level objectives',
  about:
    'The configured objectives, and what was achieved in 30 days or as long as Prometheus has data. The error budget is the share of jobs that may miss the objective; a burn rate of 1 uses it up in 30 days. No rows: no objective is configured.',
  empty: 'no objective is configured: see slo in the configuration file',
  labels: [
    { label: 'slo', title: 'Objective', width: 100 },
    { label: 'endpoint_name', title: 'Endpoint' },
  ],
  hide: ['account', 'endpoint_id'],
  sort: 'Budget left',
  ascending: true,
  values: [
    { title: 'Target', unit: 'percentunit', decimals: 2, width: 85, expr: objective },
    {
      title: 'Achieved',
      unit: 'percentunit',
      decimals: 2,
      width: 90,
      expr: `1 - ${missed(PERIOD)} and on (${LABELS}, slo) ${objective}`,
    },
    {
      title: 'Budget left',
      unit: 'percentunit',
      decimals: 0,
      width: 110,
      thresholds: falling({ warning: 0.25, critical: 0 }),
      expr: `1 - ${burn(PERIOD)}`,
    },
    { title: 'Burn, 1 h', unit: 'none', decimals: 1, width: 80, expr: burn('1h') },
    { title: 'Burn, 6 h', unit: 'none', decimals: 1, width: 80, expr: burn('6h') },
  ],
});

const rates = graph({
  title: 'Burn rate',
  about: 'How fast the error budget is used up, over one hour; 1 uses it up in 30 days.',
  unit: 'short',
  empty: 'no objective is configured: see slo in the configuration file',
  queries: [line(`max by (slo) (${burn('1h')})`, '{{slo}}')],
});

export const slo = { ...side(7, objectives, rates), widths: [13, 11] };
