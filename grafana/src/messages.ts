// The number of messages that each scenario sends: promtool evaluates the rules on a history, and a real Alertmanager with the
// shipped configuration sends to a fake Slack. Without --written, the histories are those of `make messages`, and a scenario must
// not send more than docs/alerting.md says; WRITE_DOCS=1 writes the table. --rules and --alertmanager name other folders, --verbose
// prints the texts, names restrict the run to these scenarios.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './check/catalog.js';
import { evaluate } from './messages/evaluate.js';
import { simulated, written, type History } from './messages/history.js';
import { messages, type Message } from './messages/manager.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rules: { type: 'string', default: join(ROOT, 'prometheus/rules') },
    alertmanager: { type: 'string', default: join(ROOT, 'prometheus/alertmanager') },
    verbose: { type: 'boolean', default: false },
    written: { type: 'boolean', default: false },
  },
});
/** The document, and the part of it with the table. */
const PAGE = join(ROOT, 'docs/alerting.md');
const TABLE = /(<!-- messages, by make messages -->\n)[^]*(<!-- end of messages -->)/;
/** Scenarios that run at the same time, each with its own Alertmanager. */
const WORKERS = 3;

const histories: (History & { messages?: number })[] = options.written ? written() : simulated();
const chosen = histories.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const results = new Map<string, Message[]>();
const waiting = [...chosen];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift())
    results.set(next.name, await messages(await evaluate(next, options.rules), options.alertmanager));
}
await Promise.all(Array.from({ length: WORKERS }, work));

const page = readFileSync(PAGE, 'utf8');
const allowed = new Map(
  [...page.matchAll(/^\| `([\w-]+)` \|.*\| (\d+) \|/gm)].map(([, name, count]) => [name!, Number(count)]),
);
const problems: string[] = [];
const rows: string[] = [];
for (const { name, about, messages: expected } of chosen) {
  const sent = results.get(name)!;
  const firing = sent.filter(({ resolved }) => !resolved);
  console.log(`${name}: ${firing.length}, and ${sent.length - firing.length} about the end`);
  for (const { minute, title, text } of sent) {
    console.log(`  ${minute} min  ${title}`);
    if (options.verbose) console.log(text.replaceAll(/^/gm, '      '));
  }
  rows.push(
    `| \`${name}\` | ${about} | ${firing.length} | ${firing.map(({ title }) => title.replace(/^\S+ /, '')).join('; ')} |`,
  );
  if (expected !== undefined && firing.length !== expected)
    problems.push(`${name}: ${firing.length} messages instead of ${expected}`);
  if (expected === undefined && firing.length > (allowed.get(name) ?? 0))
    problems.push(`${name}: ${firing.length} messages instead of ${allowed.get(name) ?? 0}`);
}
if (process.env['WRITE_DOCS'] && !options.written) {
  const table = ['| scenario | what happens | messages | titles |', '|---|---|---:|---|', ...rows, ''].join('\n');
  writeFileSync(
    PAGE,
    page.replace(TABLE, (_, from: string, to: string) => `${from}${table}${to}`),
  );
} else if (options.rules.startsWith(ROOT)) {
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
