// Panel types with the options that all dashboards share.

import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, type ThresholdsConfigBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import { LIMIT_LINES, SERIES, UNKNOWN, byThreshold, neutral } from './colors.js';
import { DATASOURCE, build, description, now, type Query } from './query.js';

export interface About {
  title: string;
  /** Description, shown by the info icon of the panel. */
  about: string;
  unit: string;
  decimals?: number;
}

interface StatOptions extends About {
  /** The current value; no result is shown as unknown. */
  expr: string;
  thresholds?: ThresholdsConfigBuilder;
  /** Text for no result, if no result means something else than unknown. */
  noValue?: string;
  /** Fill the panel with the color of the threshold, for the most important values. */
  loud?: boolean;
  /** Text for values. */
  words?: Record<string, { text: string; color?: string }>;
}

const last = new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');
/** The text for values that could not be read. */
export const NOT_KNOWN = 'unknown';

export function stats(options: StatOptions): stat.PanelBuilder {
  const { expr, thresholds = neutral, noValue = NOT_KNOWN, loud = false, words } = options;
  const query = now(expr);
  const panel = new stat.PanelBuilder()
    .title(options.title)
    .description(description(options.about, [query]))
    .datasource(DATASOURCE)
    .withTarget(build(query, 0))
    .unit(options.unit)
    .noValue(noValue)
    .thresholds(thresholds)
    .colorScheme(byThreshold())
    .reduceOptions(last)
    .colorMode(loud ? common.BigValueColorMode.Background : common.BigValueColorMode.Value)
    .graphMode(common.BigValueGraphMode.None) // a graph behind the number makes it hard to read
    .justifyMode(common.BigValueJustifyMode.Auto)
    .textMode(common.BigValueTextMode.Value)
    .orientation(common.VizOrientation.Auto)
    .wideLayout(true)
    .text(new common.VizTextDisplayOptionsBuilder().valueSize(30));
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  const unknown = { type: 'special', options: { match: 'null+nan', result: { text: noValue, color: UNKNOWN } } };
  panel.mappings([...(words ? [{ type: 'value', options: words }] : []), unknown] as never);
  return panel;
}

interface GraphOptions extends About {
  queries: Query[];
  /** Stack the series: only for parts of a whole. */
  stacked?: boolean;
  max?: number;
  /** Series on the right axis, by a regular expression on their names. */
  right?: string;
  thresholds?: ThresholdsConfigBuilder;
  /** Draw steps: a value is valid until the next sample. */
  steps?: boolean;
  /** Text for a panel without data. */
  empty?: string;
  /** Less important series, drawn dotted, by a regular expression on their names. */
  faint?: string;
  /** Legend as a table on the right, with the mean and the maximum of each series: for names from labels. */
  long?: boolean;
  /** A series that is drawn as a dashed line over the stack. */
  outline?: string;
  /** Space for the axis in pixels: panels below each other have the same time axis. */
  axis?: number;
  /** Logarithmic axis: for values that differ by orders of magnitude. */
  log?: boolean;
}

export function graph(options: GraphOptions): timeseries.PanelBuilder {
  const { queries, stacked = false } = options;
  const crowded = queries.some(({ legend }) => legend?.includes('{{'));
  const panel = new timeseries.PanelBuilder()
    .title(options.title)
    .description(description(options.about, queries))
    .datasource(DATASOURCE)
    .targets(queries.map(build))
    .unit(options.unit)
    .colorScheme(new FieldColorBuilder().mode('palette-classic-by-name' as never)) // the same color on every panel
    .lineWidth(stacked ? 0 : options.steps ? 1 : 2)
    .fillOpacity(stacked ? 60 : crowded || options.log || queries.length > 3 ? 0 : 8)
    .lineInterpolation(options.steps ? common.LineInterpolation.StepAfter : common.LineInterpolation.Linear)
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false)
    .legend(options.long ? besides() : below())
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending));
  if (options.log)
    panel.scaleDistribution(new common.ScaleDistributionConfigBuilder().type(common.ScaleDistribution.Log).log(10));
  else panel.min(0);
  if (options.axis) panel.axisWidth(options.axis);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  if (options.max !== undefined) panel.max(options.max);
  if (options.empty) panel.noValue(options.empty);
  if (stacked) panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  if (options.thresholds) {
    panel.thresholds(options.thresholds);
    panel.thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed));
  }
  if (options.right) {
    panel.overrideByRegexp(options.right, [
      { id: 'custom.axisPlacement', value: 'right' },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineWidth', value: 1 },
    ]);
  }
  if (options.faint) {
    panel.overrideByRegexp(options.faint, [
      { id: 'custom.lineStyle', value: { fill: 'dot', dash: [2, 6] } },
      { id: 'custom.lineWidth', value: 1 },
    ]);
  }
  paint(panel, queries);
  if (options.outline) panel.overrideByName(options.outline, [fixed(SERIES[options.outline] ?? 'text'), ...DASHED]);
  return panel;
}

const legend = (mode: common.LegendDisplayMode, placement: common.LegendPlacement, calcs: string[]) =>
  new common.VizLegendOptionsBuilder().displayMode(mode).placement(placement).showLegend(true).calcs(calcs);
const below = () => legend(common.LegendDisplayMode.List, common.LegendPlacement.Bottom, []);
/** The last value is left out: that of a series that has ended is not current. */
const besides = () =>
  legend(common.LegendDisplayMode.Table, common.LegendPlacement.Right, ['mean', 'max']).sortBy('Max').sortDesc(true);

const fixed = (color: string) => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });

const DASHED = [
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none', group: 'limits' } },
];

/** Fixed colors for known names; if names come from a label, for all known names. */
function paint(panel: timeseries.PanelBuilder, queries: Query[]): void {
  const legends = queries.map(({ legend }) => legend ?? '');
  const any = legends.some((legend) => /\{\{(state|status|outcome|level|direction)\}\}/.test(legend));
  for (const [name, color] of Object.entries(SERIES)) {
    if (any || legends.includes(name)) panel.overrideByName(name, [fixed(color)]);
  }
  for (const [name, color] of Object.entries(LIMIT_LINES)) {
    if (!legends.includes(name)) continue;
    panel.overrideByName(name, [fixed(color), ...DASHED]);
  }
}

interface BarOptions extends About {
  query: Query;
}

export function bars(options: BarOptions): bargauge.PanelBuilder {
  const panel = new bargauge.PanelBuilder()
    .title(options.title)
    .description(description(options.about, [options.query]))
    .datasource(DATASOURCE)
    .withTarget(build(options.query, 0))
    .unit(options.unit)
    .min(0)
    .thresholds(neutral)
    .colorScheme(byThreshold())
    .reduceOptions(last)
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Text)
    .namePlacement(common.BarGaugeNamePlacement.Left)
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(13).valueSize(14))
    .showUnfilled(true);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  return panel;
}

interface HeatOptions extends About {
  query: Query;
}

export function heat(options: HeatOptions): heatmap.PanelBuilder {
  return new heatmap.PanelBuilder()
    .title(options.title)
    .description(description(options.about, [options.query]))
    .datasource(DATASOURCE)
    .withTarget(build(options.query, 0))
    .calculate(false)
    .color(
      new heatmap.HeatmapColorOptionsBuilder()
        .mode(heatmap.HeatmapColorMode.Scheme)
        .scheme('Blues')
        .fill('blue')
        .exponent(0.5)
        .steps(64)
        .reverse(false),
    )
    .yAxis(new heatmap.YAxisConfigBuilder().unit(options.unit).axisPlacement(common.AxisPlacement.Left))
    .cellValues(new heatmap.CellValuesBuilder().unit('short'))
    .tooltip(new heatmap.HeatmapTooltipBuilder().mode(common.TooltipDisplayMode.Single).yHistogram(true));
}
