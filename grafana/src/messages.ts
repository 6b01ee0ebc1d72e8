// The number of messages that each scenario sends: promtool evaluates the rules on a history, and a real Alertmanager with the
// shipped configuration sends to a fake Slack. Arguments: --rules and --alertmanager name other folders, --verbose prints every
// message, names restrict the run to these scenarios.

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

const histories: (History & { messages?: number })[] = options.written ? written() : simulated();
const waiting = histories.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const results = new Map<string, Message[]>();
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    results.set(next.name, await messages(await evaluate(next, options.rules), options.alertmanager));
  }
}
await Promise.all(Array.from({ length: 3 }, work));
for (const { name } of histories) {
  const sent = results.get(name);
  if (sent === undefined) continue;
  const problems = sent.filter(({ resolved }) => !resolved);
  console.log(`${name}: ${problems.length} and ${sent.length - problems.length} resolved`);
  if (options.verbose)
    for (const { minute, title, text } of sent)
      console.log(`  ${minute} min  ${title}\n${text.replaceAll(/^/gm, '      ')}`);
  else for (const { minute, title } of sent) console.log(`  ${minute} min  ${title}`);
}
