// The dependencies that Grafana's libraries expect the Grafana application to inject.

import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { VizPanel, sceneGraph, type SceneObject } from '@grafana/scenes';
import { from, map, type Observable } from 'rxjs';
import { parameters } from './status';

const anyData = data as any;
const anyRuntime = runtime as any;

export const theme = data.createTheme({ colors: { mode: parameters.get('theme') === 'light' ? 'light' : 'dark' } });
runtime.config.theme2 = theme;
(runtime.config as any).theme = theme.v1;
(runtime.config as any).bootData ??= {};

/** Replaces variables in a text with the values of the panel's scene. */
export function interpolate(text: string, scopedVars: any, format?: any): string {
  const scene: SceneObject | undefined = scopedVars?.__sceneObject?.value?.valueOf?.();
  return scene ? sceneGraph.interpolate(scene, text, scopedVars, format) : text;
}

/** The title of the panel that sends a query. */
export function panelOf(scopedVars: any): string | undefined {
  const scene: SceneObject | undefined = scopedVars?.__sceneObject?.value?.valueOf?.();
  return scene && sceneGraph.getAncestor(scene, VizPanel).state.title;
}

const transformers = new Map(Object.values(data.standardTransformers).map((t: any) => [t.id, t]));
data.standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map(
    (t) => ({ id: t.id, name: t.id, aliasIds: [], transformation: () => Promise.resolve(t), editor: () => null }) as any,
  ),
);

const same = anyData.identityOverrideProcessor;
const option = (id: string, process = same, defaultValue?: unknown) =>
  ({
    id,
    path: id,
    name: id,
    editor: () => null,
    override: () => null,
    process,
    settings: {},
    defaultValue,
    shouldApply: () => true,
    category: ['Standard options'],
  }) as any;
data.standardFieldConfigEditorRegistry.setInit(() => [
  option('unit', anyData.unitOverrideProcessor),
  option('min', anyData.numberOverrideProcessor),
  option('max', anyData.numberOverrideProcessor),
  option('fieldMinMax'),
  option('decimals', anyData.numberOverrideProcessor),
  option('displayName', anyData.displayNameOverrideProcessor),
  option('color'),
  option('noValue'),
  option('links', anyData.dataLinksOverrideProcessor),
  option('mappings', anyData.valueMappingsOverrideProcessor),
  option('thresholds', anyData.thresholdsOverrideProcessor, {
    mode: 'absolute',
    steps: [{ value: -Infinity, color: 'green' }],
  }),
  option('filterable'),
]);
const editors = [
  'text',
  'number',
  'slider',
  'boolean',
  'select',
  'unit',
  'stats-picker',
  'strings',
  'color',
  'links',
  'mappings',
  'thresholds',
  'field-color',
  'field-name',
];
data.standardEditorsRegistry.setInit(() => editors.map((id) => ({ id, name: id, editor: () => null }) as any));

runtime.setEchoSrv({ flush() {}, addBackend() {}, addEvent() {} } as any);
anyRuntime.setAppEvents?.(new data.EventBusSrv());
runtime.setBackendSrv({ fetch: () => from([{ data: {} }]), get: async () => ({}) } as any);
runtime.setLocationSrv?.({ update() {} } as any);
runtime.setTemplateSrv({
  getVariables: () => [],
  replace: interpolate,
  containsTemplate: (text: string) => !!text && text.includes('$'),
  updateTimeRange() {},
} as any);
anyRuntime.setPluginLinksHook?.(() => ({ isLoading: false, links: [] }));
anyRuntime.setPluginComponentsHook?.(() => ({ isLoading: false, components: [] }));
anyRuntime.setPluginFunctionsHook?.(() => ({ isLoading: false, functions: [] }));
runtime.setRunRequest(((source: any, request: any) =>
  (source.query(request) as Observable<any>).pipe(
    map(({ data: series, errors }) => ({
      state: errors ? data.LoadingState.Error : data.LoadingState.Done,
      series,
      annotations: [],
      timeRange: request.range,
      request,
      errors,
    })),
  )) as any);
