// A dashboard: places its rows and panels on the grid, and adds what all dashboards have in common.

import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ACCOUNT, FIRING } from './promql.js';
import { DATASOURCE } from './query.js';

/** Tag of all dashboards, by which they link to each other. */
export const TAG = 'runpod';
/** Schema of Grafana 11 and later. */
const SCHEMA_VERSION = 41;
const WIDTH = 24;

/** Panels side by side, with the same height. */
export interface Line {
  height: number;
  panels: { build(): Panel }[];
  /** Widths, if they are not equal. */
  widths?: number[];
}
export interface Section {
  title?: string;
  /** Closed when the dashboard opens, and its panels query nothing until then. */
  collapsed?: boolean;
  lines: Line[];
}

/** A closed row for panels that are empty unless a flag is set. */
export const optional = (title: string, flag: string, ...lines: Line[]): Section => ({
  title: `${title} (${flag})`,
  collapsed: true,
  lines,
});

export const side = (height: number, ...panels: { build(): Panel }[]): Line => ({ height, panels });

export interface Page {
  uid: string;
  title: string;
  about: string;
  variables: ('endpoint' | 'pod')[];
  /** Whether it opens on one option, and cannot show all: for pages whose queries are too expensive for hundreds. */
  single?: boolean;
  sections: Section[];
}

/**
 * A variable whose options show a name with its id and use the id. Grafana does not escape names, which may contain quotation marks;
 * labels are in alphabetical order.
 */
function named(thing: string, single = false): QueryVariableBuilder {
  const found = `max by (${thing}_id, ${thing}_name) (last_over_time(runpod_${thing}_info{${ACCOUNT}}[$__range]))`;
  const variable = chosen(thing)
    .query({
      query: `query_result(label_join(${found}, "choice", " · ", "${thing}_name", "${thing}_id"))`,
      refId: 'StandardVariableQuery',
    })
    .regex(`/choice="(?<text>[\\s\\S]*)",${thing}_id="(?<value>[^"]+)",${thing}_name="/`);
  return single ? variable.includeAll(false).allValue('').current({ text: '', value: '' }) : variable;
}

const chosen = (name: string) =>
  new QueryVariableBuilder(name)
    .label(name.charAt(0).toUpperCase() + name.slice(1))
    .datasource(DATASOURCE)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .current({ text: ['All'], value: ['$__all'], selected: true });

export function dashboard(page: Page): Dashboard {
  const builder = new DashboardBuilder(`Runpod / ${page.title}`)
    .uid(page.uid)
    .description(page.about)
    .tags([TAG])
    .timezone('browser')
    .readonly() // a provisioned dashboard always equals its file
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .version(1)
    .link(
      new DashboardLinkBuilder('Runpod')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(false)
        .includeVars(true)
        .keepTime(true)
        .targetBlank(false)
        .icon('external link')
        .tooltip('')
        .url(''),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(DATASOURCE)
        .enable(true)
        .hide(false)
        .iconColor('red')
        .expr(FIRING)
        .step('60s')
        .titleFormat('{{alertname}}')
        .textFormat('{{severity}} {{endpoint_name}}{{pod_name}}')
        .tagKeys('account'),
    )
    .withVariable(
      new DatasourceVariableBuilder('datasource')
        .label('Data source')
        .type('prometheus')
        .regex('')
        .current({ text: '', value: '', selected: false }),
    )
    .withVariable(
      chosen('account').query({ query: 'label_values(runpod_up, account)', refId: 'StandardVariableQuery' }).regex(''),
    );
  for (const thing of page.variables) builder.withVariable(named(thing, page.single));
  place(builder, page.sections);
  const built = builder.build();
  // By default, the SDK hides both in a menu.
  for (const hidden of [...(built.links ?? []), ...(built.annotations.list ?? [])]) delete hidden.placement;
  return { ...built, id: null as never, schemaVersion: SCHEMA_VERSION };
}

function place(builder: DashboardBuilder, sections: Section[]): void {
  let id = 0;
  let y = 0;
  const laid = ({ height, panels, widths }: Line): Panel[] => {
    let x = 0;
    const placed = panels.map((panel, index) => {
      const w = widths?.[index] ?? WIDTH / panels.length;
      x += w;
      return { ...panel.build(), id: ++id, gridPos: { x: x - w, y, w, h: height } };
    });
    y += height;
    return placed;
  };
  for (const { title, collapsed = false, lines } of sections) {
    const row = new RowBuilder(title ?? '').id(++id).gridPos({ x: 0, y, w: WIDTH, h: 1 });
    if (title !== undefined) y += 1;
    const top = y;
    const panels = lines.flatMap(laid).map((built) => ({ build: () => built }));
    if (collapsed) {
      row.collapsed(true);
      for (const panel of panels) row.withPanel(panel);
      y = top; // the next row is directly below
    }
    if (title !== undefined) builder.withRow(row);
    if (!collapsed) for (const panel of panels) builder.withPanel(panel as never);
  }
}
