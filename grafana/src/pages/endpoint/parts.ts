// Expressions and queries of the rows of the Endpoint dashboard.

import { perEndpoint, threshold } from '../../kit/promql.js';
import { line, type Query } from '../../kit/query.js';

/** The sum over the selected endpoints. */
export const sum = (metric: string, ...more: string[]) => `sum(${perEndpoint(metric, ...more)})`;

/** The configured thresholds; the lowest of several endpoints. */
export const limits = (signal: string): Query[] => [
  line(threshold(signal, 'warning'), 'warning threshold'),
  line(threshold(signal, 'critical'), 'critical threshold'),
];
