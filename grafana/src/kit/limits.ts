// Limits and default thresholds. They are defined in the exporter (src/diagnosis/limit.rs, src/settings/threshold.rs), and
// `make docs` writes them to grafana/limits.json. Findings and alerts use the same numbers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A threshold of a panel. */
export interface Limit {
  readonly warning: number;
  readonly critical?: number;
}

interface Fixed {
  /** Seconds, a share of one, or a number of jobs. */
  readonly value: number;
  /** A duration in PromQL. */
  readonly range: string | null;
  /** The value for people. */
  readonly text: string;
}

interface Document {
  readonly limits: Record<string, Fixed>;
  readonly defaults: Record<string, Required<Limit>>;
  readonly live_collectors: string[];
}

const PATH = 'grafana/limits.json';
const document: Document = JSON.parse(readFileSync(join(import.meta.dirname, '../../..', PATH), 'utf8'));

function entry<T>(entries: Record<string, T>, name: string): T {
  const found = entries[name];
  if (found === undefined) throw new Error(`${PATH} has no ${name}; run: make docs`);
  return found;
}

const fixed = (name: string): Fixed => entry(document.limits, name);

/** The default thresholds of a `signal` of `runpod_threshold`, for panels about many endpoints. */
export const defaults = (signal: string): Required<Limit> => entry(document.defaults, signal);

/** Used share of the spend limit. */
export const SPEND: Limit = { warning: fixed('spend_near_limit').value };

/** Utilization below which a GPU is idle, and the time after which a pod is. */
export const IDLE = fixed('pod_idle_utilization');
export const IDLE_FOR = fixed('pod_idle');

/** Remaining share of a quota. */
export const QUOTA: Limit = { warning: fixed('quota_low').value };

/** The time over which finished jobs are counted. */
export const RECENT = fixed('recent_jobs').range;
export const MINIMUM_JOBS = fixed('minimum_jobs').value;

/** Age in seconds of data that is read at every scrape, and of data that is read at intervals. */
export const AGE: Limit = { warning: fixed('live_data_old').value };
export const INTERVAL_AGE: Limit = { warning: fixed('interval_data_old').value };
/** The collectors that read at every scrape. */
export const LIVE = document.live_collectors.join('|');
