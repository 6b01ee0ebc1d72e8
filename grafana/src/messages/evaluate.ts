// The alerts that fire in a history, at every evaluation: promtool evaluates the rules.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as yaml } from 'yaml';
import { readFileSync } from 'node:fs';
import type { Rule } from '../check/rules.js';
import type { History } from './history.js';

export interface Alert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** The firing alerts at one time, in seconds from the start. */
export interface Moment {
  at: number;
  alerts: Alert[];
}

/** A set of labels in Go's notation: `{a="b", c="d"}`. */
function labels(text: string): Record<string, string> {
  const found = text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries(
    [...found].map(([, name, value]) => [name!, JSON.parse(value!.replaceAll(/\\x[0-9a-f]{2}/g, '?')) as string]),
  );
}

export async function evaluate(history: History, folder: string): Promise<Moment[]> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join(folder, file));
  const groups: { name: string; rules: Rule[] }[] = files.flatMap(
    (file) => yaml(readFileSync(file, 'utf8'), { merge: true }).groups,
  );
  const names = [...new Set(groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])))];
  const text = JSON.stringify(groups);
  const isUsed = ({ series }: { series: string }) => text.includes(/^\w+/.exec(series)![0]);
  const times = Array.from({ length: history.length }, (_, at) => at * history.step);
  const isLast = ({ name }: { name: string }) => !/recording|slo/.test(name);
  const test = {
    rule_files: files,
    evaluation_interval: `${history.step}s`,
    group_eval_order: [...groups.filter((group) => !isLast(group)), ...groups.filter(isLast)].map(({ name }) => name),
    tests: [
      {
        interval: `${history.step}s`,
        input_series: history.series.filter(isUsed),
        // Every firing alert is a failure, which promtool describes completely.
        alert_rule_test: times.flatMap((at) =>
          names.map((alertname) => ({ eval_time: `${at}s`, alertname, exp_alerts: [] })),
        ),
      },
    ],
  };
  const output = await promtool(test);
  const found = new Map<number, Alert[]>(times.map((at) => [at, []]));
  let alertname = '';
  let now: Alert[] = [];
  let own: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const head = /alertname: (\w+), time: (\w+)/.exec(line);
    if (head) {
      alertname = head[1]!;
      now = found.get(seconds(head[2]!))!;
    }
    if (/^\s*Labels:/.test(line)) own = labels(line);
    if (/^\s*Annotations:/.test(line)) now.push({ labels: { ...own, alertname }, annotations: labels(line) });
  }
  return times.map((at) => ({ at, alerts: found.get(at)! }));
}

function seconds(duration: string): number {
  const units: Record<string, number> = { d: 86400, h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([dhms])/g)].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0);
}

function promtool(test: unknown): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'history-'));
  const file = join(work, 'history.test.yml');
  writeFileSync(file, JSON.stringify(test)); // JSON is YAML
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const process = spawn('promtool', ['test', 'rules', file]);
    process.stdout.on('data', (part: Buffer) => output.push(part));
    process.stderr.on('data', (part: Buffer) => output.push(part));
    process.on('error', () => reject(new Error('promtool is not installed: run make tools')));
    process.on('close', () => {
      rmSync(work, { recursive: true });
      const text = Buffer.concat(output).toString();
      const broken = /parse error.*|yaml:.*|could not parse.*|error executing.*|err:.*/.exec(text);
      if (broken) reject(new Error(broken[0]));
      else resolve(text);
    });
  });
}
