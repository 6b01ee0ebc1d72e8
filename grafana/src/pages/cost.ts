// Cost: spend, bills, runway.

import { falling, rising } from '../kit/colors.js';
import { SPEND, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { bars, graph, stats } from '../kit/panels.js';
import { ACCOUNT, account, accountThreshold, everyEndpoint, everyPod, runway } from '../kit/promql.js';
import { line, now } from '../kit/query.js';
import { tables } from '../kit/table.js';

const spend = account('runpod_account_spend_dollars_per_hour');
const limit = account('runpod_account_spend_limit_dollars_per_hour');
const balance = account('runpod_account_balance_dollars');
const billed = (span: 'day' | 'month') => `max by (account, resource) (runpod_billed_${span}_dollars{${ACCOUNT}})`;
/** Hours from now to the end of the UTC month. */
const HOURS_LEFT = 'scalar(24 * days_in_month() - 24 * (day_of_month() - 1) - hour())';
const projected = `sum(${billed('month')}) + sum(${spend}) * ${HOURS_LEFT}`;
/** Names of volumes are not unique. */
const volumes = (metric: string) => `max by (account, volume_id, volume_name, data_center_id) (${metric}{${ACCOUNT}})`;

const now_ = side(
  4,
  stats({
    title: 'Balance',
    about: 'Remaining prepaid credit.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${balance})`),
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
    query: line(`sum(${spend})`),
  }),
  stats({
    title: 'Spend limit used',
    about: 'Used share of the spend limit; above the limit, Runpod starts nothing more. The highest of several accounts.',
    unit: 'percentunit',
    decimals: 0,
    query: line(`max(${spend} / (${limit} > 0))`),
    thresholds: rising(SPEND),
    noValue: 'no limit',
  }),
  stats({
    title: 'Today',
    about: 'Amount billed so far on this UTC day. Bills are an hour late.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${billed('day')})`),
  }),
  stats({
    title: 'This month',
    about: 'Amount billed so far in this UTC month.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${billed('month')})`),
  }),
  stats({
    title: 'Projected month',
    about: 'Expected bill at the end of this UTC month at the current spend.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(projected),
  }),
  stats({
    title: 'Network volumes',
    about: 'Storage that is billed whether it is used or not.',
    unit: 'decbytes',
    decimals: 1,
    query: line(`sum(${volumes('runpod_network_volume_size_bytes')})`),
  }),
);

const flow = side(
  9,
  graph({
    title: 'Spend by component',
    about: 'Current cost in dollars per hour by component, and the spend limit.',
    unit: 'currencyUSD',
    stacked: true,
    steps: true,
    queries: [
      line(
        `sum by (component) (max by (account, component) (runpod_account_spend_component_dollars_per_hour{${ACCOUNT}}))`,
        '{{component}}',
      ),
      line(`sum(${limit})`, 'limit'),
    ],
  }),
  graph({
    title: 'Balance',
    about: 'Remaining prepaid credit.',
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
  about: 'Amount billed for each endpoint.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'endpoint_id', title: 'Id', width: 150 },
  ],
  hide: ['account'],
  sort: 'Month',
  values: [
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
    { label: 'pod_id', title: 'Id', width: 150 },
  ],
  hide: ['account'],
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
    { label: 'volume_id', title: 'Id', width: 110 },
    { label: 'data_center_id', title: 'Data center', width: 110 },
  ],
  hide: ['account'],
  sort: 'Size',
  values: [
    { title: 'Size', unit: 'decbytes', decimals: 1, width: 90, expr: volumes('runpod_network_volume_size_bytes') },
    {
      title: 'Month',
      unit: 'currencyUSD',
      decimals: 2,
      width: 100,
      expr: volumes('runpod_network_volume_billed_month_dollars'),
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
        side(9, endpoints, pods, storage),
      ],
    },
  ],
};
