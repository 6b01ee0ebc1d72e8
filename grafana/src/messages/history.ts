// Histories: the samples of series over time, in the notation of promtool. They come from the simulated scenarios in
// target/histories, and from those written in prometheus/tests/histories.yml.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { ROOT } from '../check/catalog.js';

export interface Series {
  series: string;
  values: string;
}

export interface History {
  name: string;
  about: string;
  /** Seconds between two samples, and between two evaluations of the rules. */
  step: number;
  /** Number of samples. */
  length: number;
  series: Series[];
}

interface Simulated {
  name: string;
  about: string;
  step: number;
  series: Record<string, (number | null)[]>;
}

/** The labels of the target. Every scenario has a single exporter; `pair` makes it two. */
const target = (series: string, instance: string) => {
  const own = `job="runpod",instance="${instance}:10736"`;
  return series.endsWith('}') ? `${series.slice(0, -1)},${own}}` : `${series}{${own}}`;
};

/** Samples in the notation of promtool: repeated values once, and a series that ends is stale. */
function values(samples: (number | null)[]): string {
  const words = samples.map((sample, at) => {
    if (sample !== null) return String(sample);
    return at > 0 && samples[at - 1] !== null ? 'stale' : '_';
  });
  const runs: { word: string; times: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.word === word && word !== 'stale') last.times += 1;
    else runs.push({ word, times: 1 });
  }
  return runs.map(({ word, times }) => (word === '_' ? `_x${times}` : times > 1 ? `${word}x${times - 1}` : word)).join(' ');
}

function of({ name, about, step, series }: Simulated, up: Record<string, (length: number) => (number | null)[]>): History {
  const length = Object.values(series)[0]!.length;
  const exporters = Object.entries(up).map(([instance, of]) => ({ instance, ups: of(length) }));
  return {
    name,
    about,
    step,
    length,
    series: exporters.flatMap(({ instance, ups }) => [
      { series: target('up', instance), values: values(ups) },
      ...Object.entries(series).map(([key, samples]) => ({
        series: target(key, instance),
        values: values(samples.map((sample, at) => (ups[at] === 1 ? sample : null))),
      })),
    ]),
  };
}

const always = (length: number): (number | null)[] => Array<number>(length).fill(1);
/** Down from the 20th to the 50th minute, at two samples a minute. */
const killed = (length: number): (number | null)[] => always(length).map((_, at) => (at >= 40 && at < 100 ? 0 : 1));

/** The simulated scenarios, and those of two exporters that are made of them. */
export function simulated(): History[] {
  const folder = join(ROOT, 'target/histories');
  if (!existsSync(folder)) throw new Error(`there is no ${folder}: run make messages`);
  const read = (file: string): Simulated => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const all = readdirSync(folder).sort().map(read);
  const pairs = all.flatMap((one) => {
    if (one.name === 'healthy-demo')
      return [
        of({ ...one, name: 'pair', about: 'two exporters of a healthy account' }, { a: always, b: always }),
        of(
          { ...one, name: 'pair-half-dead', about: 'one exporter of two is down for 30 minutes' },
          { a: always, b: killed },
        ),
        of(
          { ...one, name: 'pair-dead', about: 'both exporters of an account are down for 30 minutes' },
          { a: killed, b: killed },
        ),
      ];
    if (one.name !== 'idle-workers') return [];
    const about = 'one exporter of two is down for 30 minutes during an incident';
    return [of({ ...one, name: 'pair-half-dead-in-incident', about }, { a: always, b: killed })];
  });
  return [...all.map((one) => of(one, { exporter: always })), ...pairs];
}

interface Written {
  name: string;
  about: string;
  /** Number of messages about problems that it sends. */
  messages: number;
  /** An interval in minutes. */
  minutes: number;
  length: number;
  series: (Series & { times?: number })[];
}

/** The histories in prometheus/tests/histories.yml; `$n` is the number of a repeated series. */
export function written(): (History & { messages: number })[] {
  const all: Written[] = yaml(readFileSync(join(ROOT, 'prometheus/tests/histories.yml'), 'utf8')).histories;
  return all.map(({ minutes, series, ...rest }) => ({
    ...rest,
    step: minutes * 60,
    series: series.flatMap(({ series, values, times = 1 }) =>
      Array.from({ length: times }, (_, n) => ({ series: series.replaceAll('$n', String(n)), values })),
    ),
  }));
}
