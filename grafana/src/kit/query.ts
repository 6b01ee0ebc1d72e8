// Queries, and their part of a panel's description.

import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { families } from '../check/promql.js';

export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** The longest scrape interval at which rates are drawn: `$__rate_interval` is at least four times this. */
const MIN_STEP = '30s';

export interface Query {
  expr: string;
  legend?: string;
  kind: 'range' | 'instant' | 'table' | 'heatmap';
}

/** A line over time. */
export const line = (expr: string, legend = ''): Query => ({ expr, legend, kind: 'range' });
/** Current values: an instant query, so that a series that has ended is unknown and not its last value. */
export const now = (expr: string, legend = ''): Query => ({ expr, legend, kind: 'instant' });
/** Current rows of a table. */
export const rows = (expr: string): Query => ({ expr, kind: 'table' });
/** Buckets of a histogram over time. */
export const buckets = (expr: string): Query => ({ expr, legend: '{{le}}', kind: 'heatmap' });

export function build(query: Query, index: number): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .datasource(DATASOURCE)
    .refId(String.fromCharCode(65 + index))
    .expr(query.expr);
  if (query.legend) builder.legendFormat(query.legend);
  switch (query.kind) {
    case 'instant':
      return builder.instant();
    case 'table':
      return builder.instant().format(PromQueryFormat.Table);
    case 'heatmap':
      return builder.range().format(PromQueryFormat.Heatmap).interval(MIN_STEP);
    case 'range':
      return builder.range().interval(MIN_STEP);
  }
}

/** Description of a panel, with the metrics that it uses. */
export function description(about: string, queries: Query[]): string {
  const names = [...new Set(queries.flatMap(({ expr }) => families(expr)))].map((name) => `\`${name}\``);
  return names.length === 0 ? about : `${about}\n\n${names.length > 1 ? 'Metrics' : 'Metric'}: ${names.join(', ')}`;
}
