// Service level objectives: how much of the error budget is left, and how fast it is used up.

import { falling } from '../../kit/colors.js';
import { side } from '../../kit/page.js';
import { graph } from '../../kit/panels.js';
import { ofEndpoints } from '../../kit/promql.js';
import { line } from '../../kit/query.js';
import { tables } from '../../kit/table.js';

const LABELS = 'account, endpoint_id, endpoint_name, slo';
const one = (metric: string) => `max by (${LABELS}) (${ofEndpoints(metric)})`;

// Recorded, so that the dashboard shows the numbers that the alerts compare.
const objective = one('runpod_slo_objective');
const left = one('account_endpoint_slo:runpod_slo_error_budget:ratio30d');
const burn = (window: string) => one(`account_endpoint_slo:runpod_slo_burn:ratio${window}`);

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
      expr: `1 - (1 - ${left}) * (1 - ${objective})`,
    },
    {
      title: 'Budget left',
      unit: 'percentunit',
      decimals: 0,
      width: 110,
      thresholds: falling({ warning: 0.25, critical: 0 }),
      expr: left,
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
