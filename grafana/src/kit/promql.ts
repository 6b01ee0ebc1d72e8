// Expressions as text. Two exporters may watch one account: gauges are aggregated with `max`, so that nothing is counted twice.

import { IDLE, IDLE_FOR, MINIMUM_JOBS, RECENT } from './limits.js';

export const ACCOUNT = 'account=~"$account"';
export const ENDPOINT = `${ACCOUNT},endpoint_id=~"$endpoint"`;
export const POD = `${ACCOUNT},pod_id=~"$pod"`;

const ENDPOINT_LABELS = 'account, endpoint_id, endpoint_name';
const POD_LABELS = 'account, pod_id, pod_name';

/** The result of `errorRatioOfAll` if no jobs ended. */
export const NO_JOBS = -1;
/** The result of `queueWait` for a queue that does not move. */
export const STUCK = -1;
export const RECENT_MINUTES = Number(/^(\d+)m$/.exec(RECENT ?? '')?.[1]);

const selector = (metric: string, ...matchers: string[]) => `${metric}{${matchers.join(',')}}`;
const by = (labels: string, expr: string) => `max by (${labels}) (${expr})`;

const grouped = (labels: string) => (labels ? ` by (${labels})` : '');

/** A metric of the accounts, one series per account. */
export const account = (metric: string, ...more: string[]) => by('account', selector(metric, ACCOUNT, ...more));

/** A metric of the selected endpoints. */
export const ofEndpoints = (metric: string, ...more: string[]) => selector(metric, ENDPOINT, ...more);
/** The same, one series per endpoint. */
export const perEndpoint = (metric: string, ...more: string[]) => by(ENDPOINT_LABELS, ofEndpoints(metric, ...more));

/** Workers of the selected endpoints in a state, or their minimum or maximum number. */
export const fleet = (state: string) => perEndpoint(`runpod_workers_${state}`);

/**
 * Increase of a counter per hour. Only minutes with a value count: a series that has just begun, or has a gap, is not slower. Whether a
 * window has its first minute depends on the version of Prometheus, so both sides are counted.
 */
export const perHour = (counter: string, minutes: number) => {
  const present = (expr: string) => `count_over_time(${expr}[${minutes}m:1m])`;
  return `${60 / minutes} * increase(${counter}[${minutes}m]) * scalar(${present('vector(1)')}) / ${present(counter)}`;
};

/** 2 for healthy endpoints, 1 for degraded ones, 0 for unhealthy ones, -1 if unknown; the worst if two exporters differ. */
export const health = (() => {
  const state = (name: string) => perEndpoint('runpod_endpoint_state', `state="${name}"`);
  const unknown = `-1 * ${perEndpoint('runpod_endpoint_info')}`;
  return `${state('unhealthy')} - 1 or ${state('degraded')} or ${state('healthy')} + 1 or ${unknown}`;
})();

/** A metric of all endpoints, regardless of the selection. */
export const everyEndpoint = (metric: string) => by(ENDPOINT_LABELS, selector(metric, ACCOUNT));

/** A metric of the selected pods. */
export const ofPods = (metric: string, ...more: string[]) => selector(metric, POD, ...more);
/** The same, one series per pod. */
export const perPod = (metric: string, ...more: string[]) => by(POD_LABELS, ofPods(metric, ...more));

/** A metric of all pods, regardless of the selection. */
export const everyPod = (metric: string) => by(POD_LABELS, selector(metric, ACCOUNT));

/** Jobs that ended in the last minutes, counted as in the alerts: both exporters of a pair count the same jobs. */
const ended = (status: string) =>
  by(`${ENDPOINT_LABELS}, status`, `increase(${ofEndpoints('runpod_requests_total', `status=~"${status}"`)}[${RECENT}])`);

/** Jobs per minute that completed or failed in the last minutes. */
export const perMinute = (labels: string) => `sum${grouped(labels)} (${ended('completed|failed')}) / ${RECENT_MINUTES}`;

/** Share of failed jobs: 0 without failures, no series without jobs. */
export function errorRatio(labels: string): string {
  const all = `sum${grouped(labels)} (${ended('completed|failed')})`;
  return `(sum${grouped(labels)} (${ended('failed')}) or 0 * ${all}) / (${all} > 0)`;
}

/** The same over the selected endpoints, with `NO_JOBS` if none ended: that is known, in contrast to no result. */
export const errorRatioOfAll = `${errorRatio('')} or ${NO_JOBS} + sum (${ended('completed|failed')})`;

/**
 * Seconds until the queue of an endpoint is empty at the rate at which it completed jobs in the last minutes; 0 without a queue, and
 * `STUCK` if none completed.
 */
export const queueWait = (() => {
  const queue = perEndpoint('runpod_queue_depth');
  const completed = `sum by (${ENDPOINT_LABELS}) (${ended('completed')})`;
  return `${queue} == 0 or ${queue} / (${completed} / ${RECENT_MINUTES * 60} > 0) or ${STUCK} + 0 * (${completed} == 0) and ${queue}`;
})();

/** The same over the selected endpoints together. */
export const queueWaitOfAll = (() => {
  const queue = `sum(${perEndpoint('runpod_queue_depth')})`;
  const completed = `sum(${ended('completed')})`;
  return `${queue} == 0 or ${queue} / (${completed} / ${RECENT_MINUTES * 60} > 0) or ${STUCK} + 0 * (${completed} == 0) and ${queue}`;
})();

/**
 * Rates of counters of single jobs. Each webhook and push reaches one exporter, so the exporters of a pair are added; with the
 * requests collector both see every job, and the one that saw more counts.
 */
export function observed(rate: string, labels: string, more = ''): string {
  const of = `account, endpoint_id, endpoint_name${more}`;
  const polled = `max by (account, endpoint_id) (increase(${ofEndpoints('runpod_jobs_observed_total', 'via="requests"')}[${RECENT}]))`;
  return `sum${grouped(labels)} (max by (${of}) (${rate}) and on (account, endpoint_id) ${polled} or sum by (${of}) (${rate}))`;
}

/** A quantile of single jobs over the last minutes, as in the alerts; no series without jobs. */
export const quantile = (q: number, metric: string, labels = '') =>
  `histogram_quantile(${q}, sum by (${labels ? `${labels}, ` : ''}le) (rate(${ofEndpoints(`${metric}_bucket`)}[${RECENT}]))) >= 0`;

/** Jobs of a histogram by bucket, in each step of a panel. */
export const distribution = (metric: string) =>
  observed(`increase(${ofEndpoints(`${metric}_bucket`)}[$__rate_interval])`, 'le', ', le');

/** The 95th percentile per endpoint as in the alert: of single jobs if enough are reported, otherwise what Runpod reports. */
export const p95 =
  `(${quantile(0.95, 'runpod_request_latency_seconds', ENDPOINT_LABELS)}` +
  ` and sum by (${ENDPOINT_LABELS}) (increase(${ofEndpoints('runpod_request_latency_seconds_count')}[${RECENT}])) >= ${MINIMUM_JOBS})` +
  ` or ${perEndpoint('runpod_reported_execution_seconds', 'quantile="0.95"')}`;

/** Only the series of the endpoints with the highest value of `rank`, of the whole time range. */
export const worst = (expr: string, rank: string) => `${expr} and on (account, endpoint_id) topk(${WORST}, ${rank})`;
export const WORST = 10;

/** The threshold of the selected endpoints; the lowest of several. */
export const threshold = (signal: string, severity: string) =>
  `min(${ofEndpoints('runpod_threshold', `signal="${signal}"`, `severity="${severity}"`)})`;

/** The same for the accounts. */
export const accountThreshold = (signal: string, severity: string) =>
  `min(${selector('runpod_threshold', ACCOUNT, `signal="${signal}"`, `severity="${severity}"`)})`;

const firing = (severity: string) =>
  `ALERTS{alertname=~"Runpod.+",alertstate="firing",severity=~"${severity}",account=~"$account|"}`;
/** Firing Runpod alerts that send notifications, including those without an account. */
export const FIRING = firing('critical|warning');

/** Firing alerts of a severity by subject; without the warnings about a subject that has the same alert as critical. */
export const alerts = (severity: 'critical' | 'warning') => {
  const subjects = (of: string) => `max without (severity, cause) (${firing(of)})`;
  return severity === 'critical' ? subjects('critical') : `(${subjects('warning')} unless ${subjects('critical')})`;
};

const SUBJECT = 'alertname, severity, account, endpoint_id, endpoint_name, pod_id, pod_name, instance';
/** The same alerts with their severity, and the subject of each in the label `on`: the most specific of its labels. */
export const FIRING_ON = ['instance', 'account', 'endpoint_name', 'pod_name'].reduce(
  (expr, label) => `label_replace(${expr}, "on", "$1", "${label}", "(.+)")`,
  `max by (${SUBJECT}) (${firing('critical')} or (${firing('warning')} unless ignoring (severity, cause) ${firing('critical')}))`,
);

/** Starts of the findings of the selected endpoints; the earliest, because an exporter that restarted has seen less. */
const since = (labels: string) => `min by (${labels}) (${ofEndpoints('runpod_finding_since_timestamp_seconds')})`;
/** Seconds for which each finding and symptom has held. */
export const findingAge = `time() - ${since(`${ENDPOINT_LABELS}, finding`)}`;

/** The findings of the selected endpoints that need attention, one for each endpoint: the most severe, then the oldest. */
export const worstFinding = (() => {
  const found = (severity: string) =>
    `max by (${ENDPOINT_LABELS}, finding, severity) (${ofEndpoints('runpod_finding', `severity="${severity}"`)})`;
  const rank = `2e10 * ${found('critical')} or 1e10 * ${found('warning')}`;
  const start = since('account, endpoint_id, finding');
  return `topk by (account, endpoint_id) (1, (${rank}) - on (account, endpoint_id, finding) group_left () ${start})`;
})();
/** Seconds for which that finding has held. */
export const worstFindingAge = `${findingAge} and on (account, endpoint_id, finding) ${worstFinding}`;

/** A metric of the exporter's own process only. */
export const process = (metric: string) => `${metric} and on (job, instance) runpod_exporter_build_info`;

/** Hours until the balance is used up, per account; no series without spend, and for a post-paid account. */
export const runway =
  `(${account('runpod_account_balance_dollars')}` +
  ` unless on (account) runpod_account_info{${ACCOUNT},billing_mode="postpaid"}) / ` +
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
