// The tables of the Overview dashboard: endpoints, alerts, accounts.

import { HEALTH, SEVERITIES, bad, falling, rising } from '../../kit/colors.js';
import { SPEND, defaults } from '../../kit/limits.js';
import {
  ACCOUNT,
  FIRING_ON,
  STUCK,
  account,
  errorRatio,
  fleet,
  health,
  p95,
  perEndpoint,
  perMinute,
  queueWait,
  runway,
  worstFinding,
  worstFindingAge,
} from '../../kit/promql.js';
import { silent, tables } from '../../kit/table.js';

const GROUP = 'account, endpoint_id, endpoint_name';
const OPEN =
  '/d/runpod-endpoint?var-datasource=${datasource}&var-endpoint=${__data.fields.Id}&${account:queryparam}&${__url_time_range}';
const WAIT = { [STUCK]: { text: 'no progress', color: 'red' } };

export const endpoints = tables({
  title: 'Endpoints, worst first',
  about:
    'Current state of every endpoint; the name links to its dashboard. State and finding are those of the exporter, with the thresholds of each endpoint; the finding is the most severe, without those that follow from it. Wait is the time until the queue is empty at the present rate. A dash means that the value is unknown, or for errors and p95 that too few jobs ended.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint', link: { title: 'Open ${__data.fields.Endpoint}', url: OPEN } },
    { label: 'account', title: 'Account', width: 80 },
    { label: 'finding', title: 'Finding', width: 148 },
    { label: 'severity', title: 'Severity', width: 75, words: SEVERITIES },
    { label: 'endpoint_id', title: 'Id', width: 135 },
  ],
  order: ['State', 'Endpoint', 'Finding', 'Severity', 'For'],
  sort: 'State',
  ascending: true,
  then: 'Queued',
  values: [
    { title: 'State', expr: health, unit: 'none', words: HEALTH, width: 82 },
    silent(worstFinding),
    { title: 'For', expr: worstFindingAge, unit: 's', decimals: 0, width: 75 },
    { title: 'Queued', expr: perEndpoint('runpod_queue_depth'), unit: 'none', width: 80 },
    { title: 'Wait', expr: queueWait, unit: 's', decimals: 0, words: WAIT, width: 95 },
    { title: 'Running', expr: perEndpoint('runpod_workers_running'), unit: 'none', width: 70 },
    { title: 'Ready', expr: perEndpoint('runpod_workers_ready'), unit: 'none', width: 62 },
    { title: 'Max', expr: perEndpoint('runpod_workers_max'), unit: 'none', width: 52 },
    {
      title: 'Throttled',
      expr: perEndpoint('runpod_workers_throttled'),
      unit: 'none',
      thresholds: bad('orange'),
      width: 82,
    },
    { title: 'Unhealthy', expr: perEndpoint('runpod_workers_unhealthy'), unit: 'none', thresholds: bad(), width: 85 },
    { title: 'Jobs / min', expr: perMinute(GROUP), unit: 'none', decimals: 1, width: 82 },
    { title: 'Failed', expr: errorRatio(GROUP), unit: 'percentunit', decimals: 1, width: 68 },
    { title: 'p95', expr: p95, unit: 's', decimals: 1, width: 82 },
    { title: 'Today', expr: perEndpoint('runpod_endpoint_billed_day_dollars'), unit: 'currencyUSD', decimals: 2, width: 78 },
  ],
});

export const firing = tables({
  title: 'Active alerts',
  about:
    'Firing alerts; a warning whose critical alert fires too is left out. An empty list means that there are none, or that the rules are not loaded.',
  empty: 'no alerts, or the rules are not loaded',
  labels: [
    { label: 'severity', title: 'Severity', width: 80, words: SEVERITIES },
    { label: 'alertname', title: 'Alert' },
    { label: 'on', title: 'On', width: 160 },
    { label: 'account', title: 'Account', width: 110 },
  ],
  hide: ['endpoint_id', 'endpoint_name', 'pod_id', 'pod_name', 'instance'],
  sort: 'Severity',
  ascending: true,
  values: [silent(FIRING_ON)],
});

const spend = account('runpod_account_spend_dollars_per_hour');
const billed = (span: 'day' | 'month') =>
  `sum by (account) (max by (account, resource) (runpod_billed_${span}_dollars{${ACCOUNT}}))`;
const ANSWERS = { 0: { text: 'no answer', color: 'red' }, 1: { text: 'ok', color: 'green' } };

export const accounts = tables({
  title: 'Accounts',
  about: 'Money and limits of each account. Workers is the share of the worker quota that is in use.',
  labels: [{ label: 'account', title: 'Account' }],
  sort: 'Runway',
  ascending: true,
  values: [
    { title: 'Runpod', expr: account('runpod_up'), unit: 'none', words: ANSWERS, width: 85 },
    { title: 'Balance', expr: account('runpod_account_balance_dollars'), unit: 'currencyUSD', decimals: 2, width: 95 },
    {
      title: 'Runway',
      expr: runway,
      unit: 'h',
      decimals: 1,
      thresholds: falling(defaults('balance_runway_hours')),
      width: 90,
    },
    { title: '$ / h', expr: spend, unit: 'currencyUSD', decimals: 2, width: 75 },
    { title: 'Today', expr: billed('day'), unit: 'currencyUSD', decimals: 2, width: 85 },
    { title: 'Month', expr: billed('month'), unit: 'currencyUSD', decimals: 2, width: 90 },
    {
      title: 'Spend limit',
      expr: `${spend} / (${account('runpod_account_spend_limit_dollars_per_hour')} > 0)`,
      unit: 'percentunit',
      decimals: 0,
      thresholds: rising(SPEND),
      width: 90,
    },
    {
      title: 'Workers',
      expr: `sum by (account) (${fleet('running')} + ${fleet('idle')}) / ${account('runpod_account_workers_quota')}`,
      unit: 'percentunit',
      decimals: 0,
      width: 80,
    },
  ],
});
