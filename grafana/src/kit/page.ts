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
  lines: Line[];
}

export const side = (height: number, ...panels: { build(): Panel }[]): Line => ({ height, panels });

export interface Page {
  uid: string;
  title: string;
  about: string;
  variables: ('endpoint' | 'pod')[];
  sections: Section[];
}

/** A variable whose options show a name and use an id. Grafana does not escape names, which may contain quotation marks. */
const named = (thing: string) =>
  chosen(thing)
    .query({
      query: `query_result(max by (${thing}_id, ${thing}_name) (last_over_time(runpod_${thing}_info{${ACCOUNT}}[$__range])))`,
      refId: 'StandardVariableQuery',
    })
    .regex(`/${thing}_id="(?<value>[^"]+)".*?${thing}_name="(?<text>[\\s\\S]*)"/`);

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
  for (const thing of page.variables) builder.withVariable(named(thing));
  place(builder, page.sections);
  const built = builder.build();
  // By default, the SDK hides both in a menu.
  for (const hidden of [...(built.links ?? []), ...(built.annotations.list ?? [])]) delete hidden.placement;
  return { ...built, id: null as never, schemaVersion: SCHEMA_VERSION };
}

function place(builder: DashboardBuilder, sections: Section[]): void {
  let id = 0;
  let y = 0;
  for (const { title, lines } of sections) {
    if (title !== undefined) {
      builder.withRow(new RowBuilder(title).id(++id).gridPos({ x: 0, y, w: WIDTH, h: 1 }));
      y += 1;
    }
    for (const { height, panels, widths } of lines) {
      let x = 0;
      panels.forEach((panel, index) => {
        const w = widths?.[index] ?? WIDTH / panels.length;
        const built = { ...panel.build(), id: ++id, gridPos: { x, y, w, h: height } };
        builder.withPanel({ build: () => built } as never);
        x += w;
      });
      y += height;
    }
  }
}
