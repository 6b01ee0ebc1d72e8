// The variant for grafana.com and for the import dialog: it declares what it needs, and the dialog asks for the data source.

import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { panelsOf } from './board.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */

/** The name of the data source in the file, for which the dialog substitutes the chosen one. */
export const INPUT = 'DS_PROMETHEUS';
/** The version in which the panels look as they do in the pictures of this project. */
const GRAFANA = '11.0.0';

/** Names of the panel types, as Grafana shows them. */
const PANELS: Record<string, string> = {
  bargauge: 'Bar gauge',
  heatmap: 'Heatmap',
  stat: 'Stat',
  table: 'Table',
  timeseries: 'Time series',
};

export function upload(board: Dashboard): object {
  const used = [...new Set(panelsOf(board).map(({ type }: any) => type as string))].sort();
  const unnamed = used.filter((type) => !PANELS[type]);
  if (unnamed.length > 0) throw new Error(`no name for the panel types ${unnamed.join(', ')}`);
  const list = (board.templating?.list ?? []).map((variable) =>
    variable.type === 'datasource'
      ? { ...variable, current: { text: `\${${INPUT}}`, value: `\${${INPUT}}`, selected: true } }
      : variable,
  );
  return {
    __inputs: [
      {
        name: INPUT,
        label: 'Prometheus',
        description: 'The Prometheus that scrapes runpod-exporter and has loaded its recording rules.',
        type: 'datasource',
        pluginId: 'prometheus',
        pluginName: 'Prometheus',
      },
    ],
    __elements: {},
    __requires: [
      { type: 'grafana', id: 'grafana', name: 'Grafana', version: GRAFANA },
      { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
      ...used.map((id) => ({ type: 'panel', id, name: PANELS[id], version: '' })),
    ],
    ...board,
    editable: true, // an imported dashboard belongs to its importer
    templating: { ...board.templating, list },
  };
}
