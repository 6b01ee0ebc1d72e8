// Opens the dashboard that the URL names, as Grafana would.

import './status';
import './inject';
import { ThemeContext, standardTransformersRegistry } from '@grafana/data';
import * as scenes from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { theme } from './inject';
import './panels';
import { annotation } from './prometheus';
import { parameters, status } from './status';

function variable(v: any): scenes.SceneVariable {
  const common = { name: v.name, label: v.label, hide: v.hide ?? 0 };
  if (v.type === 'datasource')
    return new scenes.DataSourceVariable({ ...common, pluginId: v.query, value: 'prometheus', text: 'Prometheus' });
  const chosen = parameters.getAll(`var-${v.name}`);
  return new scenes.QueryVariable({
    ...common,
    value: chosen.length > 0 ? chosen : v.current.value,
    text: chosen.length > 0 ? chosen : v.current.text,
    datasource: v.datasource,
    query: v.query,
    regex: v.regex,
    sort: v.sort,
    refresh: v.refresh,
    isMulti: v.multi,
    includeAll: v.includeAll,
    allValue: v.allValue,
  });
}

function panel(p: any): scenes.SceneGridItem {
  for (const { id } of p.transformations ?? []) {
    if (!standardTransformersRegistry.getIfExists(id)) status.errors.push(`${p.title}: no transformation is called ${id}`);
  }
  const queries = new scenes.SceneQueryRunner({
    queries: p.targets,
    datasource: p.datasource,
    maxDataPoints: p.maxDataPoints,
    minInterval: p.interval,
  });
  const data = p.transformations
    ? new scenes.SceneDataTransformer({ $data: queries, transformations: p.transformations })
    : queries;
  const body = new scenes.VizPanel({
    key: `panel-${p.id}`,
    title: p.title,
    description: p.description,
    pluginId: p.type,
    pluginVersion: '13.2.2',
    options: p.options,
    fieldConfig: p.fieldConfig,
    $data: data,
  });
  return new scenes.SceneGridItem({ x: p.gridPos.x, y: p.gridPos.y, width: p.gridPos.w, height: p.gridPos.h, body });
}

/** Opened rows contain their panels, and move everything below them down. */
function grid(panels: any[]): scenes.SceneGridLayout {
  const children: scenes.SceneGridItemLike[] = [];
  const expand = parameters.has('expand');
  let row: scenes.SceneGridRow | undefined;
  let shift = 0;
  const moved = (p: any) => ({ ...p, gridPos: { ...p.gridPos, y: p.gridPos.y + shift } });
  for (const p of panels) {
    const at = moved(p);
    if (p.type === 'row') {
      const inside: any[] = (p.panels ?? []).map(moved);
      row = new scenes.SceneGridRow({
        key: `row-${p.id}`,
        title: p.title,
        isCollapsible: true,
        isCollapsed: p.collapsed && !expand,
        y: at.gridPos.y,
        children: inside.map(panel),
      });
      if (expand && inside.length > 0)
        shift += Math.max(...inside.map(({ gridPos }) => gridPos.y + gridPos.h)) - at.gridPos.y - 1;
      children.push(row);
    } else if (row) {
      row.setState({ children: [...row.state.children, panel(at)] });
    } else {
      children.push(panel(at));
    }
  }
  return new scenes.SceneGridLayout({ isLazy: false, children });
}

async function open(): Promise<void> {
  const board = await (await fetch(parameters.get('dashboard')!)).json();
  const scene = new scenes.EmbeddedScene({
    $timeRange: new scenes.SceneTimeRange({
      from: parameters.get('from') ?? board.time.from,
      to: parameters.get('to') ?? board.time.to,
      timeZone: 'utc',
    }),
    $variables: new scenes.SceneVariableSet({ variables: board.templating.list.map(variable) }),
    controls: [new scenes.VariableValueSelectors({}), new scenes.SceneTimePicker({})],
    body: grid(board.panels),
  });
  createRoot(document.getElementById('root')!).render(
    <MemoryRouter>
      <ThemeContext.Provider value={theme}>
        <GlobalStyles />
        <PortalContainer />
        <h3 style={{ margin: 8 }}>{board.title}</h3>
        <scene.Component model={scene} />
      </ThemeContext.Provider>
    </MemoryRouter>,
  );
  for (const { expr } of board.annotations.list) {
    const { to } = scenes.sceneGraph.getTimeRange(scene).state.value;
    await annotation(scenes.sceneGraph.interpolate(scene, expr), to.valueOf() / 1000);
  }
}

open().catch((error) => status.errors.push(String(error.stack)));
