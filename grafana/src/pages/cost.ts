// Cost: spend, bills, runway.

import { falling, rising } from '../kit/colors.js';
import { SPEND, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { bars, graph, stats } from '../kit/panels.js';
import { ACCOUNT, account, accountThreshold, everyEndpoint, everyPod, runway } from '../kit/promql.js';
import { line, now } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';
import { hosts } from './cost/hosts.js';

const spend = account('runpod_account_spend_dollars_per_hour');
const limit = account('runpod_account_spend_limit_dollars_per_hour');
const balance = account('runpod_account_balance_dollars');
const billed = (span: 'day' | 'month') => `max by (account, resource) (runpod_billed_${span}_dollars{${ACCOUNT}})`;
/** Hours from now to the end of the UTC month. */
const HOURS_LEFT = 'scalar(24 * days_in_month() - 24 * (day_of_month() - 1) - hour())';
/** Average over a day, in which the load goes up and down once. */
const usual = `sum(max by (account) (avg_over_time(runpod_account_spend_dollars_per_hour{${ACCOUNT}}[1d])))`;
const projected = `sum(${billed('month')}) + ${usual} * ${HOURS_LEFT}`;
/** Names of volumes are not unique. */
const volumes = (metric: string) => `max by (account, volume_id, volume_name, data_center_id) (${metric}{${ACCOUNT}})`;

const now_ = side(
  3,
  stats({
    title: 'Balance',
    about: 'Remaining credit. It does not stop a post-paid account.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${balance})`,
  }),
  stats({
    title: 'Runway',
    about: 'Time until the balance is used up at the spend of the last 30 minutes; the shortest of several accounts.',
    unit: 'h',
    decimals: 1,
    expr: `min(${runway})`,
    thresholds: falling(defaults('balance_runway_hours')),
    loud: true,
  }),
  stats({
    title: 'Spend',
    about: 'Current cost of everything that runs and is stored, in dollars per hour.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${spend})`,
  }),
  stats({
    title: 'Spend limit used',
    about: 'Used share of the spend limit; above the limit, Runpod starts nothing more. The highest of several accounts.',
    unit: 'percentunit',
    decimals: 0,
    expr: `max(${spend} / (${limit} > 0))`,
    thresholds: rising(SPEND),
    noValue: 'no limit',
  }),
  stats({
    title: 'Today',
    about: 'Amount billed so far on this UTC day. Bills are an hour late.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${billed('day')})`,
  }),
  stats({
    title: 'This month',
    about: 'Amount billed so far in this UTC month.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${billed('month')})`,
  }),
  stats({
    title: 'Projected month',
    about: 'Expected bill at the end of this UTC month at the average spend of the last day.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: projected,
  }),
  stats({
    title: 'Network volumes',
    about: 'Storage that is billed whether it is used or not.',
    unit: 'decbytes',
    decimals: 1,
    expr: `sum(${volumes('runpod_network_volume_size_bytes')})`,
  }),
);

const flow = side(
  9,
  graph({
    title: 'Spend by component',
    about: 'Cost in dollars per hour by component, its average over the last day, and the spend limit.',
    unit: 'currencyUSD',
    stacked: true,
    steps: true,
    outline: 'average of a day',
    queries: [
      line(
        `sum by (component) (max by (account, component) (runpod_account_spend_component_dollars_per_hour{${ACCOUNT}}))`,
        '{{component}}',
      ),
      line(usual, 'average of a day'),
      line(`sum(${limit})`, 'limit'),
    ],
  }),
  graph({
    title: 'Balance',
    about: 'Remaining credit. It does not stop a post-paid account.',
    unit: 'currencyUSD',
    decimals: 2,
    queries: [line(balance, '{{account}}')],
  }),
  graph({
    title: 'Runway',
    about: 'Time until the balance is used up at the spend of the last 30 minutes, with the configured thresholds.',
    unit: 'h',
    queries: [
      line(runway, '{{account}}'),
      line(accountThreshold('balance_runway_hours', 'warning'), 'warning threshold'),
      line(accountThreshold('balance_runway_hours', 'critical'), 'critical threshold'),
    ],
  }),
);

const byResource = (span: 'day' | 'month', title: string) =>
  bars({
    title,
    about: `Amount billed so far in this UTC ${span}, by kind of resource, without those that cost nothing.`,
    unit: 'currencyUSD',
    decimals: 2,
    query: now(`sort_desc(sum by (resource) (${billed(span)}) > 0)`, '{{resource}}'),
  });

const endpoints = tables({
  title: 'Endpoints',
  about: 'Amount billed for each endpoint, and what its running workers cost now, if Runpod reports it.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'account', title: 'Account', width: 120 },
    { label: 'endpoint_id', title: 'Id', width: 140 },
  ],
  sort: 'Month',
  values: [
    {
      title: '$ / h',
      unit: 'currencyUSD',
      decimals: 2,
      width: 80,
      expr: everyEndpoint('runpod_endpoint_cost_dollars_per_hour'),
    },
    {
      title: 'Today',
      unit: 'currencyUSD',
      decimals: 2,
      width: 90,
      expr: everyEndpoint('runpod_endpoint_billed_day_dollars'),
    },
    {
      title: 'Month',
      unit: 'currencyUSD',
      decimals: 2,
      width: 100,
      expr: everyEndpoint('runpod_endpoint_billed_month_dollars'),
    },
  ],
});
const pods = tables({
  title: 'Pods',
  about: 'Amount billed for each pod, including its disks.',
  labels: [
    { label: 'pod_name', title: 'Pod' },
    { label: 'account', title: 'Account', width: 110 },
    { label: 'pod_id', title: 'Id', width: 140 },
  ],
  sort: 'Month',
  values: [
    { title: 'Today', unit: 'currencyUSD', decimals: 2, width: 90, expr: everyPod('runpod_pod_billed_day_dollars') },
    { title: 'Month', unit: 'currencyUSD', decimals: 2, width: 100, expr: everyPod('runpod_pod_billed_month_dollars') },
  ],
});
const storage = tables({
  title: 'Network volumes',
  about: 'Size and bill of each network volume.',
  labels: [
    { label: 'volume_name', title: 'Volume' },
    { label: 'account', title: 'Account', width: 90 },
    { label: 'volume_id', title: 'Id', width: 100 },
    { label: 'data_center_id', title: 'Data center', width: 95 },
  ],
  sort: 'Size',
  values: [
    { title: 'Size', unit: 'decbytes', decimals: 1, width: 90, expr: volumes('runpod_network_volume_size_bytes') },
    {
      title: 'Today',
      unit: 'currencyUSD',
      decimals: 2,
      width: 75,
      expr: volumes('runpod_network_volume_billed_day_dollars'),
    },
    {
      title: 'Month',
      unit: 'currencyUSD',
      decimals: 2,
      width: 80,
      expr: volumes('runpod_network_volume_billed_month_dollars'),
    },
  ],
});

const plans = tables({
  title: 'Savings plans',
  about: 'Savings plans of the accounts, and the time until they end.',
  empty: 'none',
  labels: [
    { label: 'plan_kind', title: 'Plan' },
    { label: 'gpu_type_id', title: 'GPU' },
    { label: 'account', title: 'Account', width: 85 },
  ],
  hide: ['plan_id'],
  sort: 'Ends in',
  ascending: true,
  values: [
    silent(`max by (account, plan_id, plan_kind, gpu_type_id) (runpod_savings_plan_info{${ACCOUNT}})`),
    {
      title: 'Ends in',
      unit: 's',
      decimals: 0,
      width: 85,
      expr: `max by (account, plan_id) (runpod_savings_plan_end_timestamp_seconds{${ACCOUNT}}) - time()`,
    },
  ],
});
const clusters = tables({
  title: 'Clusters',
  about: 'Amount billed for each cluster.',
  empty: 'none',
  labels: [
    { label: 'cluster_id', title: 'Cluster' },
    { label: 'account', title: 'Account', width: 110 },
  ],
  sort: 'Month',
  values: [
    {
      title: 'Today',
      unit: 'currencyUSD',
      decimals: 2,
      width: 90,
      expr: `max by (account, cluster_id) (runpod_cluster_billed_day_dollars{${ACCOUNT}})`,
    },
    {
      title: 'Month',
      unit: 'currencyUSD',
      decimals: 2,
      width: 100,
      expr: `max by (account, cluster_id) (runpod_cluster_billed_month_dollars{${ACCOUNT}})`,
    },
  ],
});

export const cost: Page = {
  uid: 'runpod-cost',
  title: 'Cost',
  about: 'Cost: spend, bills by resource, and runway.',
  variables: [],
  sections: [
    { lines: [now_, flow] },
    {
      title: 'Billed',
      lines: [
        side(8, byResource('day', 'Today, by resource'), byResource('month', 'This month, by resource')),
        side(9, endpoints, pods),
        { height: 6, panels: [storage, plans, clusters], widths: [11, 8, 5] },
      ],
    },
    hosts,
  ],
};
