// Panels around Grafana's own components. npm has no heatmap component, so its cells are drawn here.

import * as data from '@grafana/data';
import { setPluginImportUtils } from '@grafana/runtime';
import { sceneUtils } from '@grafana/scenes';
import * as ui from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React from 'react';
import { theme } from './inject';
import { status } from './status';

const plugins: Record<string, data.PanelPlugin> = {};

const LINES =
  'drawStyle lineInterpolation lineWidth fillOpacity gradientMode lineStyle spanNulls insertNulls showPoints pointSize stacking axisPlacement axisLabel axisWidth axisColorMode axisBorderShow axisCenteredZero axisGridShow axisSoftMin axisSoftMax scaleDistribution thresholdsStyle hideFrom barAlignment barWidthFactor transform fillBelowTo showValues';
const CELLS = 'align width minWidth displayMode cellOptions inspect filterable hidden hideFrom footer wrapHeaderText';

const shown = (props: any) =>
  data.getFieldDisplayValues({
    fieldConfig: props.fieldConfig,
    reduceOptions: { calcs: ['lastNotNull'], values: false, ...props.options.reduceOptions },
    replaceVariables: props.replaceVariables,
    theme,
    data: props.data.series,
    timeZone: props.timeZone,
    sparkline: props.options.graphMode === 'area',
  } as any);

/** The amount of visible data: rows of a table, numbers of any other panel. */
const size = (id: string, frames: data.DataFrame[]) =>
  id === 'table' ? frames.reduce((rows, { length }) => rows + length, 0) : finite(frames);
const finite = (frames: data.DataFrame[]) =>
  frames
    .flatMap(({ fields }) => fields)
    .filter(({ type }) => type === data.FieldType.number)
    .flatMap(({ values }) => [...values])
    .filter(Number.isFinite).length;

function register(id: string, draw: (props: any) => React.ReactElement | null, custom = '', text = false): void {
  const Panel = (props: any) => {
    React.useEffect(() => {
      const texts = text ? shown(props).map(({ display }: any) => data.formattedValueToString(display)) : undefined;
      status.panels[props.id] = {
        title: props.title,
        type: id,
        state: props.data.state,
        size: size(id, props.data.series),
        texts,
      };
    });
    return draw(props);
  };
  const option = (path: string) => ({
    id: path,
    path,
    name: path,
    editor: () => null,
    override: () => null,
    process: (data as any).identityOverrideProcessor,
    shouldApply: () => true,
  });
  const plugin = new data.PanelPlugin(Panel as any).useFieldConfig({
    useCustomConfig: (builder: any) =>
      custom
        .split(' ')
        .filter(Boolean)
        .forEach((path) => builder.addCustomEditor(option(path))),
  } as any);
  sceneUtils.registerRuntimePanelPlugin({ pluginId: id, plugin });
  plugins[id] = plugin;
}

const nothing = (p: any) => (
  <div style={{ height: '100%', display: 'grid', placeItems: 'center' }}>{p.fieldConfig.defaults.noValue ?? 'No data'}</div>
);

/** Adds a null where a sample is missing, as Grafana does, so that the line is broken there: for each series of its own. */
const gaps = (frame: data.DataFrame, { from, to }: data.TimeRange): data.DataFrame =>
  (data as any).applyNullInsertThreshold({ frame, refFieldPseudoMin: from.valueOf(), refFieldPseudoMax: to.valueOf() });

register(
  'timeseries',
  (p) => {
    data.cacheFieldDisplayNames(p.data.series); // the color of a series follows from its name
    return p.data.series.length === 0 ? (
      nothing(p)
    ) : (
      <ui.TimeSeries
        frames={p.data.series.map((frame: data.DataFrame) => gaps(frame, p.timeRange))}
        structureRev={p.data.structureRev}
        width={p.width}
        height={p.height}
        timeRange={p.timeRange}
        timeZone={p.timeZone}
        legend={p.options.legend}
        options={p.options}
      />
    );
  },
  LINES,
);

const repeated = (p: any, draw: (one: any) => React.ReactElement) => (
  <ui.VizRepeater
    getValues={() => shown(p)}
    getAlignmentFactors={data.getDisplayValueAlignmentFactors as any}
    renderValue={draw}
    width={p.width}
    height={p.height}
    source={p.data}
    renderCounter={p.renderCounter}
    orientation={p.options.orientation}
    autoGrid
    itemSpacing={6}
  />
);
register(
  'stat',
  (p) =>
    repeated(p, ({ value, width, height, alignmentFactors, count }) => (
      <ui.BigValue
        value={value.display}
        width={width}
        height={height}
        theme={theme}
        count={count}
        sparkline={value.sparkline}
        colorMode={p.options.colorMode}
        graphMode={p.options.graphMode}
        justifyMode={p.options.justifyMode}
        textMode={p.options.textMode}
        disableWideLayout={!p.options.wideLayout}
        text={p.options.text}
        alignmentFactors={alignmentFactors}
      />
    )),
  '',
  true,
);
register(
  'bargauge',
  (p) =>
    repeated(p, ({ value, width, height, orientation, alignmentFactors }) => (
      <ui.BarGauge
        value={value.display}
        field={value.field}
        display={value.view?.getFieldDisplayProcessor(value.colIndex)}
        width={width}
        height={height}
        theme={theme}
        orientation={orientation}
        displayMode={p.options.displayMode}
        valueDisplayMode={p.options.valueMode}
        showUnfilled={p.options.showUnfilled}
        text={p.options.text}
        namePlacement={p.options.namePlacement}
        alignmentFactors={alignmentFactors}
        itemSpacing={6}
        lcdCellWidth={8}
      />
    )),
  '',
  true,
);

register(
  'table',
  (p) => {
    data.cacheFieldDisplayNames(p.data.series);
    const [frame] = p.data.series;
    return frame && frame.length > 0 ? (
      <TableNG
        data={frame}
        width={p.width}
        height={p.height}
        {...({
          timeRange: p.timeRange,
          getActions: () => [],
          initialSortBy: p.options.sortBy,
          sortBy: p.options.sortBy,
          structureRev: p.data.structureRev,
          showTypeIcons: false,
        } as any)}
      />
    ) : (
      nothing(p)
    );
  },
  CELLS,
);

const Heat = (p: any) => {
  const canvas = React.useRef<HTMLCanvasElement>(null);
  React.useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (!pen) return;
    const frames: data.DataFrame[] = p.data.series;
    const format = data.getValueFormat(p.options.yAxis?.unit);
    // Buckets are cumulative; a cell is the difference to the bucket below.
    const times = frames[0]?.fields[0]?.values ?? [];
    const cells = frames.map(({ fields }, i) =>
      times.map((_: number, k: number) => fields[1]!.values[k] - (frames[i - 1]?.fields[1]!.values[k] ?? 0)),
    );
    const most = Math.max(...cells.flat(), 1e-9);
    const [wide, high] = [(p.width - 60) / Math.max(times.length, 1), p.height / Math.max(frames.length, 1)];
    pen.clearRect(0, 0, p.width, p.height);
    frames.forEach((frame, i) => {
      const top = p.height - (i + 1) * high;
      cells[i]!.forEach((value: number, k: number) => {
        pen.fillStyle = `rgba(87, 148, 242, ${value > 0 ? 0.15 + 0.85 * (value / most) ** 0.5 : 0})`;
        pen.fillRect(60 + k * wide, top, wide - 1, high - 1);
      });
      pen.fillStyle = theme.colors.text.primary;
      pen.font = '11px sans-serif';
      const bound = Number(data.getFieldDisplayName(frame.fields[1]!, frame, frames).replace('+', ''));
      pen.fillText(Number.isFinite(bound) ? data.formattedValueToString(format(bound)) : 'more', 4, top + high / 2 + 4);
    });
  });
  return p.data.series.length === 0 ? nothing(p) : <canvas ref={canvas} width={p.width} height={p.height} />;
};
register('heatmap', (p) => <Heat {...p} />);

setPluginImportUtils({
  importPanelPlugin: async (id: string) => {
    if (!plugins[id]) status.errors.push(`no panel is of type ${id}`);
    return plugins[id];
  },
  getPanelPluginFromCache: (id: string) => plugins[id],
} as any);
