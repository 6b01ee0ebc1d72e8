// Where a number turns from good to bad. The alerts judge by the same numbers: `check/limits.ts` compares them. What a user can
// set for each endpoint comes from `runpod_threshold` instead; here are its defaults, for panels over many endpoints.

export interface Limit {
  readonly warning: number;
  readonly critical?: number;
}

/** By the name of the signal in `runpod_threshold`. */
export const defaults = {
  queue_depth: { warning: 10, critical: 50 },
  error_ratio: { warning: 0.05, critical: 0.1 },
  latency_p95_seconds: { warning: 5, critical: 10 },
  workers_throttled: { warning: 1, critical: 3 },
  balance_runway_hours: { warning: 24, critical: 4 },
} as const satisfies Record<string, Limit>;

/** The least number of jobs in the window that an error ratio is made of. */
export const MIN_JOBS = 20;

/** Share of the spend limit that is in use. */
export const SPEND: Limit = { warning: 0.8 };

/** Busy share below which a GPU idles. */
export const IDLE = 0.05;

/** Share of a quota that is left. */
export const QUOTA: Limit = { warning: 0.1 };

/** Age in seconds of what is asked at every scrape, and of what is asked at intervals. */
export const AGE: Limit = { warning: 900 };
export const SLOW_AGE: Limit = { warning: 14_400 };
/** The collectors of the first kind. */
export const LIVE = 'endpoints|health|pods|account';
