// Thresholds. The alerts use the same numbers: `check/limits.ts` compares them. Thresholds that users configure per endpoint come
// from `runpod_threshold`; this file contains their defaults, for panels about many endpoints.

export interface Limit {
  readonly warning: number;
  readonly critical?: number;
}

/** Defaults by the `signal` of `runpod_threshold`. */
export const defaults = {
  queue_depth: { warning: 10, critical: 50 },
  error_ratio: { warning: 0.05, critical: 0.1 },
  latency_p95_seconds: { warning: 5, critical: 10 },
  workers_throttled: { warning: 1, critical: 3 },
  balance_runway_hours: { warning: 24, critical: 4 },
} as const satisfies Record<string, Limit>;

/** Minimum number of jobs in the window of an error ratio. */
export const MIN_JOBS = 20;

/** Used share of the spend limit. */
export const SPEND: Limit = { warning: 0.8 };

/** Utilization below which a GPU is idle. */
export const IDLE = 0.05;

/** Remaining share of a quota. */
export const QUOTA: Limit = { warning: 0.1 };

/** Age in seconds of data that is read at every scrape, and of data that is read at intervals. */
export const AGE: Limit = { warning: 900 };
export const SLOW_AGE: Limit = { warning: 14_400 };
/** The collectors that read at every scrape. */
export const LIVE = 'endpoints|health|pods|account';
