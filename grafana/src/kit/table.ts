// Tables: one query per column, merged by common labels.

import * as common from '@grafana/grafana-foundation-sdk/common';
import type { ThresholdsConfig, ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
import { plain } from './colors.js';
import { DATASOURCE, build, description, rows } from './query.js';

/** A column that shows a label. */
interface LabelColumn {
  label: string;
  title: string;
  width?: number;
  /** Texts and colors for values. */
  words?: Record<string, { text: string; color?: string }>;
  /** A link to a dashboard about the row. */
  link?: { title: string; url: string };
}

/** A column that shows the value of a query. */
interface ValueColumn {
  expr: string;
  /** Empty for a query that only adds labels or rows: its value is not shown. */
  title: string;
  unit: string;
  decimals?: number;
  width?: number;
  /** Colors of the cell. */
  thresholds?: ThresholdsConfigBuilder;
  /** Texts for values. */
  words?: Record<string, { text: string; color?: string }>;
}

interface TableOptions {
  title: string;
  about: string;
  /** Text for a table without rows; tables with empty cells cannot have one. */
  empty?: string;
  labels: LabelColumn[];
  values: ValueColumn[];
  /** Titles of the first columns, if labels and values are mixed; the others follow. */
  order?: string[];
  /** Labels that are not shown. */
  hide?: string[];
  /** The column to sort by, highest first. */
  sort: string;
  ascending?: boolean;
  /** A second column to sort by, highest first. */
  then?: string;
}

/** A query that only adds labels or rows. */
export const silent = (expr: string): ValueColumn => ({ expr, title: '', unit: 'none' });

export function tables(options: TableOptions): table.PanelBuilder {
  const { labels, values, hide = [] } = options;
  const queries = values.map(({ expr }) => rows(expr));
  // Grafana names the value column of a single query differently from those of several queries.
  const source = (index: number) =>
    values.length > 1 ? [`Value #${String.fromCharCode(65 + index)}`] : ['Value', 'Value #A'];
  const sources = values.flatMap(({ title }, index) => source(index).map((name) => [name, title] as const));
  const names = [...labels.map(({ label, title }) => [label, title] as const), ...sources.filter(([, title]) => title)];
  /** Ordered columns first, then values, then labels; without an order, labels first. */
  const rank = ([name, title]: readonly [string, string]) => {
    const place = options.order?.indexOf(title) ?? 0;
    return place >= 0 ? place : name.startsWith('Value') ? names.length : names.length + 1;
  };
  const hidden = ['Time', ...hide, ...sources.filter(([, title]) => !title).map(([name]) => name)];
  const sort = (column: string, descending: boolean) =>
    new common.TableSortByFieldStateBuilder().displayName(column).desc(descending);
  const panel = new table.PanelBuilder()
    .title(options.title)
    .description(description(options.about, queries))
    .datasource(DATASOURCE)
    .targets(queries.map(build))
    .noValue(options.empty ?? '–')
    .filterable(false)
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .sortBy([sort(options.sort, !options.ascending), ...(options.then ? [sort(options.then, true)] : [])])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
        indexByName: Object.fromEntries([...names].sort((a, b) => rank(a) - rank(b)).map(([name], index) => [name, index])),
        renameByName: Object.fromEntries(names),
      },
    });
  for (const column of labels) {
    const properties: { id: string; value?: unknown }[] = [];
    if (column.width) properties.push({ id: 'custom.width', value: column.width });
    if (column.link) properties.push({ id: 'links', value: [{ ...column.link, targetBlank: false }] });
    if (column.words) properties.push(...mapped(column.words));
    if (properties.length > 0) panel.overrideByName(column.title, properties as never);
  }
  for (const column of values.filter(({ title }) => title))
    panel.overrideByName(column.title, valueProperties(column) as never);
  return panel;
}

function valueProperties({ unit, decimals, width, thresholds, words }: ValueColumn): { id: string; value?: unknown }[] {
  const properties: { id: string; value?: unknown }[] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (width !== undefined) properties.push({ id: 'custom.width', value: width });
  if (words) properties.push(...mapped(words));
  // The lowest color is that of normal values, which are not worth a color; it is also the color of cells without a text.
  const steps = thresholds?.build() ?? (words ? plain.build() : undefined);
  if (steps)
    properties.push({ id: 'thresholds', value: quiet(steps) }, { id: 'color', value: { mode: 'thresholds' } }, COLORED);
  return properties;
}

/** Green is the color of text in tables: most values are normal. */
const quiet = ({ mode, steps }: ThresholdsConfig): ThresholdsConfig => ({
  mode,
  steps: steps.map(({ value, color }) => ({ value, color: color === 'green' ? 'text' : color })),
});

const COLORED = { id: 'custom.cellOptions', value: { type: 'color-text' } };
const mapped = (words: object) => [{ id: 'mappings', value: [{ type: 'value', options: words }] }, COLORED];
