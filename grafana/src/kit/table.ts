// Tables: one query per column, merged by common labels.

import * as common from '@grafana/grafana-foundation-sdk/common';
import type { ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as table from '@grafana/grafana-foundation-sdk/table';
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
  /** Hidden columns: labels, or the `Value` of a single query. */
  hide?: string[];
  /** The column to sort by, highest first. */
  sort: string;
  ascending?: boolean;
}

export function tables(options: TableOptions): table.PanelBuilder {
  const { labels, values, hide = [] } = options;
  const queries = values.map(({ expr }) => rows(expr));
  // Grafana names the value column of a single query differently from those of several queries.
  const source = (index: number) =>
    values.length > 1 ? [`Value #${String.fromCharCode(65 + index)}`] : ['Value', 'Value #A'];
  const shown = values.filter(({ title }) => !hide.includes(title));
  const names = [
    ...labels.map(({ label, title }) => [label, title]),
    ...shown.flatMap(({ title }, i) => source(i).map((name) => [name, title])),
  ];
  const hidden = ['Time', ...hide.flatMap((name) => (name === 'Value' ? source(0) : [name]))];
  const panel = new table.PanelBuilder()
    .title(options.title)
    .description(description(options.about, queries))
    .datasource(DATASOURCE)
    .targets(queries.map(build))
    .noValue(options.empty ?? '–')
    .filterable(false)
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .sortBy([new common.TableSortByFieldStateBuilder().displayName(options.sort).desc(!options.ascending)])
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
        indexByName: Object.fromEntries(names.map(([name], index) => [name, index])),
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
  for (const column of shown) panel.overrideByName(column.title, valueProperties(column) as never);
  return panel;
}

function valueProperties({ unit, decimals, width, thresholds, words }: ValueColumn): { id: string; value?: unknown }[] {
  const properties: { id: string; value?: unknown }[] = [{ id: 'unit', value: unit }];
  if (decimals !== undefined) properties.push({ id: 'decimals', value: decimals });
  if (width !== undefined) properties.push({ id: 'custom.width', value: width });
  if (words) properties.push(...mapped(words));
  if (thresholds)
    properties.push(
      { id: 'thresholds', value: thresholds.build() },
      { id: 'color', value: { mode: 'thresholds' } },
      COLORED,
    );
  return properties;
}

const COLORED = { id: 'custom.cellOptions', value: { type: 'color-text' } };
const mapped = (words: object) => [{ id: 'mappings', value: [{ type: 'value', options: words }] }, COLORED];
