// Expressions as text. Two exporters may watch one account: gauges are aggregated with `max`, so that nothing is counted twice.

import { IDLE, IDLE_FOR, MINIMUM_JOBS, RECENT } from './limits.js';

export const ACCOUNT = 'account=~"$account"';
export const ENDPOINT = `${ACCOUNT},endpoint_id=~"$endpoint"`;
export const POD = `${ACCOUNT},pod_id=~"$pod"`;

const ENDPOINT_LABELS = 'account, endpoint_id, endpoint_name';
const POD_LABELS = 'account, pod_id, pod_name';

const selector = (metric: string, ...matchers: string[]) => `${metric}{${matchers.join(',')}}`;
const by = (labels: string, expr: string) => `max by (${labels}) (${expr})`;

/** A metric of the accounts, one series per account. */
export const account = (metric: string, ...more: string[]) => by('account', selector(metric, ACCOUNT, ...more));

/** A metric of the selected endpoints. */
export const ofEndpoints = (metric: string, ...more: string[]) => selector(metric, ENDPOINT, ...more);
/** The same, one series per endpoint. */
export const perEndpoint = (metric: string, ...more: string[]) => by(ENDPOINT_LABELS, ofEndpoints(metric, ...more));

/** A metric of all endpoints, regardless of the selection. */
export const everyEndpoint = (metric: string) => by(ENDPOINT_LABELS, selector(metric, ACCOUNT));

/** A metric of the selected pods. */
export const ofPods = (metric: string, ...more: string[]) => selector(metric, POD, ...more);
/** The same, one series per pod. */
export const perPod = (metric: string, ...more: string[]) => by(POD_LABELS, ofPods(metric, ...more));

/** A metric of all pods, regardless of the selection. */
export const everyPod = (metric: string) => by(POD_LABELS, selector(metric, ACCOUNT));

/** Jobs that ended in the last minutes, counted as in the alerts. */
const ended = (status: string) => `increase(${ofEndpoints('runpod_requests_total', `status=~"${status}"`)}[${RECENT}])`;

/** Share of failed jobs: 0 without failures, no series without jobs. */
export function errorRatio(labels: string): string {
  const group = labels ? ` by (${labels})` : '';
  const all = `sum${group} (${ended('completed|failed')})`;
  return `(sum${group} (${ended('failed')}) or 0 * ${all}) / (${all} > 0)`;
}

/** A quantile of single jobs over the last minutes, as in the alerts; no series without jobs. */
export function quantile(q: number, metric: string, labels = ''): string {
  const rate = `rate(${ofEndpoints(`${metric}_bucket`)}[${RECENT}])`;
  return `histogram_quantile(${q}, sum by (${labels ? `${labels}, ` : ''}le) (${rate})) >= 0`;
}

/** The 95th percentile per endpoint as in the alert: of single jobs if enough are reported, otherwise what Runpod reports. */
export const p95 =
  `(${quantile(0.95, 'runpod_request_latency_seconds', ENDPOINT_LABELS)}` +
  ` and sum by (${ENDPOINT_LABELS}) (increase(${ofEndpoints('runpod_request_latency_seconds_count')}[${RECENT}])) >= ${MINIMUM_JOBS})` +
  ` or ${perEndpoint('runpod_reported_execution_seconds', 'quantile="0.95"')}`;

/** The threshold of the selected endpoints; the lowest of several. */
export const threshold = (signal: string, severity: string) =>
  `min(${ofEndpoints('runpod_threshold', `signal="${signal}"`, `severity="${severity}"`)})`;

/** The same for the accounts. */
export const accountThreshold = (signal: string, severity: string) =>
  `min(${selector('runpod_threshold', ACCOUNT, `signal="${signal}"`, `severity="${severity}"`)})`;

/** Firing Runpod alerts that send notifications, including those without an account. */
export const FIRING = 'ALERTS{alertname=~"Runpod.+",alertstate="firing",severity!="info",account=~"$account|"}';

/** The same, with the subject of each alert in the label `on`: the most specific of its labels. */
export const FIRING_ON = ['instance', 'account', 'endpoint_name', 'pod_name'].reduce(
  (expr, label) => `label_replace(${expr}, "on", "$1", "${label}", "(.+)")`,
  `max by (alertname, severity, account, endpoint_id, endpoint_name, pod_id, pod_name, instance) (${FIRING})`,
);

/** A metric of the exporter's own process only. */
export const process = (metric: string) => `${metric} and on (job, instance) runpod_exporter_build_info`;

/** Hours until the balance is used up, per account; no series without spend. */
export const runway =
  `${account('runpod_account_balance_dollars')} / ` +
  `(max by (account) (avg_over_time(runpod_account_spend_dollars_per_hour{${ACCOUNT}}[30m])) > 0)`;

/** The pods whose metric has been below the utilization of an idle pod for the time after which a pod is idle. */
const unused = (metric: string) =>
  `max by (account, pod_id) (max_over_time(${ofPods(metric)}[${IDLE_FOR.range}])) < ${IDLE.value}`;

/** Dollars per hour of idle pods, as in the alert: all GPUs are idle, or, without GPUs, the CPU. */
export const idlePods =
  `(${perPod('runpod_pod_cost_dollars_per_hour')} > 0)` +
  ` and on (account, pod_id) (${unused('runpod_pod_gpu_utilization_ratio')}` +
  ` or ${unused('runpod_pod_cpu_utilization_ratio')}` +
  ` and on (account, pod_id) max by (account, pod_id) (${ofPods('runpod_pod_gpus')}) == 0)` +
  ` and on (account, pod_id) (max by (account, pod_id) (${ofPods('runpod_pod_uptime_seconds')}) >= ${IDLE_FOR.value})`;
