// Checks the variants for upload as Grafana's import dialog reads them: what they declare is what they use.

import { panelsOf } from '../kit/board.js';
import { INPUT } from '../kit/upload.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed JSON has no types */

/** Replaces the inputs in all texts, like the dialog. */
export const imported = (board: any, values: Record<string, string>): any =>
  JSON.parse(JSON.stringify(board).replace(/\$\{(\w+)\}/g, (whole, name) => values[name] ?? whole));

export function uploadable(variant: any, board: any): string[] {
  const problems: string[] = [];
  const required = (type: string) => variant.__requires.filter((one: any) => one.type === type).map(({ id }: any) => id);
  const types = [...new Set(panelsOf(variant).map(({ type }) => type))];
  for (const type of types) if (!required('panel').includes(type)) problems.push(`__requires lacks the panel ${type}`);
  for (const type of required('panel')) if (!types.includes(type)) problems.push(`no panel is of the required type ${type}`);
  if (required('grafana').length !== 1 || !required('datasource').includes('prometheus'))
    problems.push('__requires lacks Grafana or the data source');
  if (variant.id !== null || !variant.uid) problems.push('the id is not null, or there is no uid');

  const chosen = imported(variant, { [INPUT]: 'chosen' });
  if (JSON.stringify(chosen).includes('${DS_')) problems.push('an input is used that is not declared');
  if (chosen.templating.list[0].current.value !== 'chosen') problems.push('the chosen data source is not used');
  const { __inputs: _, __elements: __, __requires: ___, ...rest } = imported(variant, { [INPUT]: '' });
  const plain = (one: any) => {
    const [first, ...others] = one.templating.list;
    return JSON.stringify({ ...one, editable: false, templating: { list: [{ ...first, current: {} }, ...others] } });
  };
  if (plain(rest) !== plain(board)) problems.push('it differs from the dashboard in more than the data source');
  return problems.map((why) => `grafana/upload/${board.uid}.json: ${why}`);
}
