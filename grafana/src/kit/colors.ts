// Colors: the same meaning has the same color on every dashboard.

import {
  FieldColorBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Limit } from './limits.js';

export const SERIES: Record<string, string> = {
  // jobs
  queued: 'semi-dark-purple',
  'in progress': 'super-light-purple',
  completed: 'green',
  failed: 'red',
  retried: 'orange',
  cancelled: 'purple',
  // workers
  ready: 'green',
  running: 'blue',
  idle: 'light-blue',
  initializing: 'yellow',
  throttled: 'orange',
  unhealthy: 'red',
  pending: 'purple',
  standby: 'super-light-green',
  'latest release': 'green',
  'older releases': 'orange',
  min: 'purple',
  max: 'text',
  // percentiles
  p50: 'green',
  p95: 'yellow',
  p99: 'orange',
  'reported p95': 'purple',
  // shares and sums
  observed: 'blue',
  dollars: 'green',
  in: 'blue',
  out: 'purple',
  // logs
  trace: 'super-light-blue',
  debug: 'light-blue',
  info: 'blue',
  warn: 'orange',
  error: 'red',
  fatal: 'dark-red',
  unknown: 'text',
  // requests to Runpod
  ok: 'green',
};

/** Lines of thresholds and limits. */
export const LIMIT_LINES: Record<string, string> = {
  'warning threshold': 'orange',
  'critical threshold': 'red',
  limit: 'red',
};

/** Severities in tables. */
export const SEVERITIES = {
  critical: { text: 'critical', color: 'red' },
  warning: { text: 'warning', color: 'orange' },
  info: { text: 'info', color: 'blue' },
};

/** Health of an endpoint in tables and stats. */
export const HEALTH = {
  '-1': { text: 'unknown', color: 'text' },
  0: { text: 'unhealthy', color: 'red' },
  1: { text: 'degraded', color: 'orange' },
  2: { text: 'healthy', color: 'green' },
};

/** The color of unknown values, which are neither good nor bad. */
export const UNKNOWN = '#6e7681';

export const neutral = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: 'blue' }]);

/** No color. */
export const plain = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: 'text' }]);

const steps = (steps: Threshold[]) => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);

/** Bad at or above the threshold. */
export function rising({ warning, critical }: Limit) {
  const more = critical === undefined ? [] : [{ value: critical, color: 'red' }];
  return steps([{ value: null, color: 'green' }, { value: warning, color: 'orange' }, ...more]);
}

/** Bad at or below the threshold. */
export function falling({ warning, critical }: Limit) {
  const low = critical === undefined ? [] : [{ value: critical, color: 'orange' }];
  return steps([
    { value: null, color: critical === undefined ? 'orange' : 'red' },
    ...low,
    { value: warning, color: 'green' },
  ]);
}

/** 1 is good, 0 is bad. */
export const good = () =>
  steps([
    { value: null, color: 'red' },
    { value: 1, color: 'green' },
  ]);
/** Anything above zero is bad. */
export const bad = (color = 'red') =>
  steps([
    { value: null, color: 'green' },
    { value: 1e-9, color },
  ]);

export const byThreshold = () => new FieldColorBuilder().mode('thresholds' as never);
