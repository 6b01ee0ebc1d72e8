// The numbers that alerts compare with, by alert, taken from the thresholds of the dashboards. Configurable thresholds are in
// `runpod_threshold` and therefore not listed here.

import { AGE, IDLE, MIN_JOBS, QUOTA, SLOW_AGE, SPEND } from '../kit/limits.js';

const HOUR = 3600;
/** Half of the scrapes. */
const HALF = 0.5;

export const numbers: Record<string, number[]> = {
  RunpodErrorRatioHigh: [MIN_JOBS],
  RunpodSpendNearLimit: [SPEND.warning],
  RunpodPodIdle: [IDLE, HOUR],
  RunpodCollectorFailing: [HALF],
  RunpodDataStale: [AGE.warning, SLOW_AGE.warning],
  RunpodQuotaLow: [QUOTA.warning],
};
