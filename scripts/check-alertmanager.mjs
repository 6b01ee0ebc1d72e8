// Runs a real Alertmanager with the shipped configuration and a fake Slack, and checks the messages: colors, texts, links, groups,
// inhibition, and the ends of alerts.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const { parse: yaml } = createRequire(path.join(import.meta.dirname, '../grafana/package.json'))('yaml');
const SHIPPED = path.join(import.meta.dirname, '../prometheus/alertmanager');
const work = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));

const port = await new Promise((known) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => known(port));
  });
});
const messages = [];
const slack = http.createServer((request, response) => {
  let body = '';
  request
    .on('data', (part) => (body += part))
    .on('end', () => {
      messages.push(JSON.parse(body).attachments[0]);
      response.end('ok');
    });
});
await new Promise((ready) => slack.listen(0, '127.0.0.1', ready));

// The shipped configuration with another Slack URL, another template path, and shorter waiting times.
const config = readFileSync(path.join(SHIPPED, 'alertmanager.yml'), 'utf8')
  .replace(/slack_api_url_file: .*/, `slack_api_url: http://127.0.0.1:${slack.address().port}/`)
  .replace('/etc/alertmanager/templates', path.join(SHIPPED, 'templates'))
  .replace(/(group_wait|group_interval): \S+/g, '$1: 1s');
const file = path.join(work, 'alertmanager.yml');
writeFileSync(file, config);
execFileSync('amtool', ['check-config', file]);

const route = (...labels) =>
  execFileSync('amtool', ['config', 'routes', 'test', `--config.file=${file}`, ...labels], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
// The receiver depends only on the severity. Alerts without a severity go to Slack rather than being lost.
const ROUTES = [
  ['slack', 'severity=critical', 'alertname=RunpodQueueStuck', 'account=a', 'endpoint_id=e1'],
  ['slack', 'severity=warning', 'alertname=RunpodPodIdle', 'account=a', 'pod_id=p1'],
  ['nobody', 'severity=info', 'alertname=RunpodPodStoppedWithVolume', 'account=a', 'pod_id=p1'],
  ['slack', 'severity=warning', 'alertname=RunpodExporterDown', 'job=runpod', 'instance=exporter:10736'],
  ['slack', 'severity=critical', 'alertname=RunpodAccountUnwatched', 'account=a'],
  ['watchdog', 'severity=none', 'alertname=RunpodWatchdog'],
  ['slack', 'alertname=SomethingElse'],
];
for (const [receiver, ...labels] of ROUTES) assert.equal(route(...labels), receiver, labels.join(' '));

// An inhibition without `equal` would mute the alerts of every other account and cluster.
const parsed = yaml(config);
for (const { equal = [], source_matchers: source } of parsed.inhibit_rules)
  assert.ok(
    equal.includes('account') && (equal.includes('endpoint_id') || equal.includes('cluster')),
    `${source} inhibits alerts of other accounts or clusters`,
  );

// Other receivers: each file is a complete configuration. Teams needs a newer Alertmanager than some distributions have.
const version = /version (\d+)\.(\d+)/
  .exec(execFileSync('amtool', ['--version']).toString())
  .slice(1)
  .map(Number);
for (const name of readdirSync(path.join(SHIPPED, 'receivers'))) {
  const example = readFileSync(path.join(SHIPPED, 'receivers', name), 'utf8');
  if (/msteamsv2_configs/.test(example) && version[0] === 0 && version[1] < 28) {
    console.log(`alertmanager: receivers/${name} is not checked: it needs Alertmanager 0.28`);
    continue;
  }
  const merged = { ...parsed, global: {}, ...yaml(example) };
  const receivers = yaml(example).receivers;
  merged.receivers = [...parsed.receivers.filter(({ name }) => name !== 'slack'), ...receivers];
  const target = path.join(work, name);
  writeFileSync(target, JSON.stringify(merged)); // JSON is YAML
  execFileSync('amtool', ['check-config', target], { stdio: ['ignore', 'ignore', 'inherit'] });
}

// Without a Slack file, compose.yaml uses the same configuration without Slack.
const quiet = yaml(readFileSync(path.join(SHIPPED, 'alertmanager.quiet.yml'), 'utf8'));
const loud = yaml(readFileSync(path.join(SHIPPED, 'alertmanager.yml'), 'utf8'));
delete loud.global.slack_api_url_file;
loud.receivers = loud.receivers.map(({ name }) => ({ name }));
assert.deepEqual(quiet, loud);
execFileSync('amtool', ['check-config', path.join(SHIPPED, 'alertmanager.quiet.yml')], { stdio: 'ignore' });

const api = `http://127.0.0.1:${port}`;
const program = ['prometheus-alertmanager', 'alertmanager'].find((name) => {
  try {
    return execFileSync('which', [name]);
  } catch {
    return false;
  }
});
const manager = spawn(
  program,
  [
    `--config.file=${file}`,
    `--storage.path=${work}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ],
  { stdio: 'ignore' },
);

async function until(what, condition) {
  for (let waited = 0; waited < 15_000; waited += 100) {
    if (await condition()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`timed out waiting for ${what}; messages so far: ${JSON.stringify(messages, null, 1)}`);
}

const alert = (alertname, severity, labels, annotations = {}, endsAt = undefined) => ({
  labels: { alertname, severity, account: 'a', ...labels },
  annotations: {
    summary: `${alertname}.`,
    description: 'More.',
    action: 'Act.',
    resolved: `No more ${alertname}.`,
    value: '12',
    threshold: '10',
    dashboard: '/d/runpod-endpoint',
    runbook_url: `docs/runbooks/${alertname}.md`,
    ...annotations,
  },
  startsAt: '2026-11-25T15:58:00Z',
  endsAt,
});
const post = (...alerts) =>
  fetch(`${api}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
const about = (title) => messages.filter((message) => message.title === title);
const llm = { endpoint_id: 'e1', endpoint_name: 'l m' };

try {
  await until('readiness', () =>
    fetch(`${api}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const errors = (endsAt) =>
    alert('RunpodErrorRatioHigh', 'warning', { endpoint_id: 'e2', endpoint_name: 'sdxl' }, {}, endsAt);
  const critical = '🔴 RunpodQueueDeep., account a';
  const warning = '🟡 RunpodErrorRatioHigh., account a';
  // Alertmanager notifies at once of alerts that began earlier: what inhibits others must be there before them.
  await post(alert('RunpodQueueDeep', 'critical', llm));
  await until('the critical message', () => about(critical).length > 0);
  await post(
    alert('RunpodQueueDeep', 'warning', llm),
    alert('RunpodEndpointSaturated', 'warning', llm),
    errors(),
    alert('RunpodStandbyWithoutMinimum', 'info', { endpoint_id: 'e3' }),
    alert('RunpodWatchdog', 'none', { account: undefined }),
  );
  await until('the warning', () => about(warning).length > 0);

  // One message: color, text, links.
  const [message] = about(critical);
  assert.equal(message.color, '#ff0000');
  assert.equal(message.text, '• More. _Since 15:58 UTC, limit 10._\n*Do:* Act.');
  assert.equal(message.title_link, 'http://localhost:3000/d/runpod-endpoint');
  assert.deepEqual(
    message.actions.map(({ text, url }) => [text, url.replace(/.*:\d+(?=\/#)/, 'MANAGER')]),
    [
      ['Runbook', 'http://localhost:10736/docs/runbooks/RunpodQueueDeep.md'],
      ['Dashboard', 'http://localhost:3000/d/runpod-endpoint'],
      [
        'Silence',
        'MANAGER/#/silences/new?filter=%7Balertname%3D%22RunpodQueueDeep%22%2Caccount%3D%22a%22%2Cendpoint_id%3D%22e1%22%2Cendpoint_name%3D%22l%20m%22%2Cseverity%3D%22critical%22%7D',
      ],
    ],
  );
  assert.equal(about(warning)[0].color, '#ffcc00');

  // The end has words of its own.
  await post(errors(new Date().toISOString()));
  const over = '✅ No more RunpodErrorRatioHigh., account a';
  await until('the resolved one', () => about(over).length > 0);
  assert.equal(about(over)[0].color, '#36a64f');
  assert.match(about(over)[0].text, /^• sdxl: 15:58 to \d\d:\d\d UTC\n$/);

  // One message for many endpoints: eight of them with what is known, and the number of the others.
  // They begin now, because Alertmanager notifies at once of alerts that began earlier, before it has stored all twelve.
  const startsAt = new Date().toISOString();
  const many = Array.from({ length: 12 }, (_, n) => ({
    ...alert(
      'RunpodWorkersThrottled',
      'warning',
      { endpoint_id: `m${n}`, endpoint_name: `model-${n}` },
      { description: `About model-${n}.` },
    ),
    startsAt,
  }));
  await post(...many);
  const group = '🟡 RunpodWorkersThrottled: 12 endpoints, account a';
  await until('the group', () => about(group).length > 0);
  const [{ text, title_link: overview }] = about(group);
  assert.equal(text.match(/• About model-/g).length, 8);
  assert.match(text, /\n• … and 4 more\.\n\*Do:\* Act\.$/);
  assert.equal(overview, 'http://localhost:3000/d/runpod-endpoint');

  // Names come from Runpod: none of them notifies the channel or a person, links, or changes the text around it.
  const hostile = '<!channel> & <@U1|a>\n*Forged* \u202e<http://x|y>';
  const plain = '&lt;!channel&gt; &amp; &lt;@U1|a&gt;\ufffd*Forged* \ufffd&lt;http://x|y&gt;';
  await post(
    alert(
      'RunpodLatencyHigh',
      'warning',
      { account: hostile, endpoint_id: 'e4', endpoint_name: hostile, cluster: hostile },
      { summary: `${hostile} is slow`, description: `Of ${hostile}.`, action: hostile, threshold: '<3s' },
    ),
  );
  const slowly = `🟡 ${plain} is slow, account ${plain}, cluster ${plain}`;
  await until('the hostile names', () => about(slowly).length > 0);
  const [slow] = about(slowly);
  assert.equal(slow.fallback, slow.title);
  assert.equal(slow.text, `• Of ${plain}. _Since 15:58 UTC, limit &lt;3s._\n*Do:* ${plain}`);
  for (const { title, text, fallback } of messages) assert.doesNotMatch(JSON.stringify([title, text, fallback]), /[<>]/);

  // An account that nobody reads mutes the rest of this account, and of no other; nor that of its name in another cluster.
  await post(alert('RunpodAccountUnwatched', 'critical', { account: 'b' }));
  await until('the account', () => about('🔴 RunpodAccountUnwatched.').length > 0);
  const idle = (account, cluster) =>
    alert('RunpodPodIdle', 'warning', { account, cluster, pod_id: `p-${account}`, pod_name: 'notebook' });
  await post(idle('b'), idle('c'), idle('b', 'east'));
  await until('the other accounts', () => messages.filter(({ title }) => title.includes('PodIdle')).length > 1);
  await new Promise((done) => setTimeout(done, 2500));

  const titles = new Set(messages.map(({ title }) => title));
  assert.deepEqual(
    [...titles].sort(),
    [
      critical,
      warning,
      over,
      group,
      slowly,
      '🔴 RunpodAccountUnwatched.',
      '🟡 RunpodPodIdle., account c',
      '🟡 RunpodPodIdle., account b, cluster east',
    ].sort(),
  );

  // Every alert that notifies: its links are absolute, and lead to a page that the exporter serves and to a dashboard.
  const rules = yaml(readFileSync(path.join(SHIPPED, '../rules/runpod.alerts.yml'), 'utf8'), { merge: true });
  const all = rules.groups.flatMap((group) => group.rules).filter(({ labels }) => /critical|warning/.test(labels.severity));
  const before = messages.length;
  await post(
    ...all.map(({ alert: name, labels, annotations }) =>
      alert(name, labels.severity, { account: `of-${name}-${labels.severity}` }, annotations),
    ),
  );
  const links = (name) =>
    messages.slice(before).flatMap(({ text, actions }) => {
      const [runbook, dashboard] = actions.map(({ url }) => url);
      return runbook === `http://localhost:10736/docs/runbooks/${name}.md` ? [{ text, dashboard }] : [];
    });
  const names = [...new Set(all.map((rule) => rule.alert))];
  await until('a message of every alert', () => names.every((name) => links(name).length > 0));
  const boards = readdirSync(path.join(SHIPPED, '../../grafana/dashboards')).map((file) => file.replace(/\.json$/, ''));
  for (const name of names) {
    assert.ok(existsSync(path.join(SHIPPED, '../../docs/runbooks', `${name}.md`)), `there is no runbook of ${name}`);
    for (const { text, dashboard } of links(name)) {
      assert.ok(boards.includes(/^http:\/\/localhost:3000\/d\/([\w-]+)/.exec(dashboard)?.[1]), `${name}: ${dashboard}`);
      // The exporter that serves the runbooks may be the one that does not answer.
      const isDead = /ExporterDown|ExporterAbsent|AccountUnwatched/.test(name);
      assert.equal(text.endsWith(`: \`runpod-exporter runbook ${name}\``), isDead, `${name}: ${text}`);
    }
  }
  console.log(`alertmanager: ${messages.length} messages about ${names.length} alerts, all as expected`);
} finally {
  // Its data can be removed once it writes no more.
  const ended = new Promise((done) => manager.once('exit', done));
  if (manager.exitCode === null && manager.kill()) await ended;
  slack.close();
  slack.closeAllConnections();
  rmSync(work, { recursive: true, force: true });
}
