// Writes the table of values in the README of the chart from the comments in values.yaml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isMap, parseDocument, visit } from 'yaml';

import { CHART } from './tools.mjs';

const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** The description in a comment: what follows the last "--". */
function description(comment = '') {
  const at = comment.lastIndexOf('-- ');
  return at < 0 ? undefined : cell(comment.slice(at + 3));
}

/** Sections with the values in them, and the values without a description. */
export function values() {
  const document = parseDocument(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
  const sections = [];
  const missing = [];
  const walk = (map, path) => {
    map.items.forEach((pair, n) => {
      const name = [...path, pair.key.value].join('.');
      // The comment before the first pair belongs to the map.
      const comment = pair.key.commentBefore ?? (n === 0 ? map.commentBefore : undefined) ?? '';
      const heading = /^ ?== (.*)$/m.exec(
        n === 0 && path.length === 0 ? `${document.commentBefore ?? ''}\n${comment}` : comment,
      )?.[1];
      if (heading) sections.push({ heading, rows: [] });
      const text = description(comment);
      if (text) sections.at(-1).rows.push({ name, text, value: JSON.stringify(pair.value.toJSON()) });
      else if (isMap(pair.value) && pair.value.items.length > 0) walk(pair.value, [...path, pair.key.value]);
      else missing.push(name);
    });
  };
  walk(document.contents, []);
  return { sections, missing };
}

/** The paths of all settings in the schema that are not part of an object of free form. */
export function inSchema() {
  const walk = ({ properties }, path) =>
    Object.entries(properties ?? {}).flatMap(([name, schema]) => [
      [...path, name].join('.'),
      ...walk(schema, [...path, name]),
    ]);
  return walk(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')), []);
}

/** The paths of all values. */
export function inValues() {
  const paths = [];
  visit(parseDocument(readFileSync(join(CHART, 'values.yaml'), 'utf8')), {
    Pair: (_, pair, parents) => {
      const names = parents.filter((parent) => parent.key).map((parent) => parent.key.value);
      paths.push([...names, pair.key.value].join('.'));
    },
  });
  return paths;
}

export function readme() {
  const { sections } = values();
  const table = ({ heading, rows }) =>
    [
      `### ${heading}`,
      '',
      '| value | default | description |',
      '|---|---|---|',
      ...rows.map(({ name, value, text }) => `| \`${name}\` | \`${cell(value)}\` | ${text} |`),
      '',
    ].join('\n');
  const introduction = readFileSync(join(CHART, 'README.md'), 'utf8').split('<!-- values, by make chart -->')[0];
  return `${introduction}<!-- values, by make chart -->\n\n${sections.map(table).join('\n')}`;
}
