// A real Alertmanager with the shipped configuration and a fake Slack. A minute of the history takes a fifth of a second, also in
// the intervals of the configuration.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Alert, Moment } from './evaluate.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- parsed YAML and messages have no types */

export interface Message {
  /** The minute of the history. */
  minute: number;
  resolved: boolean;
  title: string;
  text: string;
}

/** Milliseconds that a minute takes. */
const MINUTE = 200;
/** Milliseconds in which the alerts of one request arrive on a busy machine: a shorter wait would split their group. */
const ARRIVAL = 400;
/** Minutes without a change after which nothing more is sent: a group interval and a reserve. */
const QUIET = 7;

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

function free(): Promise<number> {
  return new Promise((known) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => known(port));
    });
  });
}

/** The configuration with another Slack, and with shorter intervals; messages are not repeated. */
function configuration(folder: string, slack: number): string {
  const config = parse(readFileSync(join(folder, 'alertmanager.yml'), 'utf8'));
  delete config.global.slack_api_url_file;
  config.global.slack_api_url = `http://127.0.0.1:${slack}/`;
  config.templates = [join(folder, 'templates/*.tmpl')];
  const hasten = (route: any) => {
    for (const key of ['group_wait', 'group_interval']) {
      const [, number, unit] = /^(\d+)([sm])$/.exec(route[key] ?? '') ?? [];
      if (!number) continue;
      const time = Math.round((Number(number) * (unit === 'm' ? 60 : 1) * MINUTE) / 60);
      route[key] = `${key === 'group_wait' ? Math.max(time, ARRIVAL) : time}ms`;
    }
    if (route.repeat_interval) route.repeat_interval = '12h';
    for (const child of route.routes ?? []) hasten(child);
  };
  hasten(config.route);
  return stringify(config);
}

const key = ({ labels }: Alert) => JSON.stringify(Object.entries(labels).sort());

/** The messages that an Alertmanager sends about these alerts. */
export async function messages(moments: Moment[], folder: string): Promise<Message[]> {
  const sent: Message[] = [];
  let minute = 0;
  const slack = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const { title, text, color } = JSON.parse(body).attachments[0];
      sent.push({ minute, resolved: color === '#36a64f', title, text });
      response.end('ok');
    });
  });
  await new Promise<void>((ready) => slack.listen(0, '127.0.0.1', ready));
  const work = mkdtempSync(join(tmpdir(), 'alertmanager-'));
  const file = join(work, 'alertmanager.yml');
  writeFileSync(file, configuration(folder, (slack.address() as AddressInfo).port));
  const port = await free();
  const manager = spawn(
    program(),
    [
      `--config.file=${file}`,
      `--storage.path=${work}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  try {
    await ready(port);
    let before = new Map<string, Alert & { startsAt: string }>();
    let changed = 0;
    for (const { at, alerts } of moments) {
      const now = new Map(alerts.map((alert) => [key(alert), alert]));
      const ended = [...before].filter(([name]) => !now.has(name)).map(([, alert]) => alert);
      const begun = [...now].filter(([name]) => !before.has(name)).map(([, alert]) => alert);
      const time = new Date().toISOString();
      const update = [
        ...begun.map((alert) => ({ ...alert, startsAt: time, endsAt: new Date(Date.now() + 3_600_000).toISOString() })),
        ...ended.map((alert) => ({ ...alert, endsAt: time })),
      ];
      const earlier = at / 60 - minute;
      if (update.length > 0 || at / 60 - changed < QUIET) await sleep(Math.min(earlier, QUIET) * MINUTE);
      minute = at / 60;
      if (update.length === 0) continue;
      changed = minute;
      const response = await fetch(`http://127.0.0.1:${port}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(update),
      });
      if (!response.ok) throw new Error(await response.text());
      before = new Map([...now].map(([name, alert]) => [name, { ...alert, startsAt: before.get(name)?.startsAt ?? time }]));
    }
    await sleep(QUIET * MINUTE);
    return sent;
  } finally {
    const ended = new Promise((done) => manager.once('exit', done));
    if (manager.exitCode === null && manager.kill()) await ended;
    slack.close();
    slack.closeAllConnections();
    rmSync(work, { recursive: true, force: true });
  }
}

/** The Debian package uses another name. */
function program(): string {
  const found = ['prometheus-alertmanager', 'alertmanager'].find((name) => {
    try {
      return execFileSync('which', [name]);
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('Alertmanager is not installed: run make tools');
  return found;
}

async function ready(port: number): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const response = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(50);
  }
  throw new Error('Alertmanager does not start');
}
