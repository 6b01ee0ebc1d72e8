// Runs a real Alertmanager with the shipped configuration and a fake Slack, and checks the messages: colors, fields, links,
// inhibition by critical alerts, and messages for resolved alerts.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

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
  ['slack', 'severity=critical', 'alertname=RunpodExporterDown', 'job=runpod', 'instance=exporter:10736'],
  ['slack', 'severity=critical', 'alertname=RunpodExporterAbsent', 'job=runpod'],
  ['slack', 'alertname=SomethingElse'],
];
for (const [receiver, ...labels] of ROUTES) assert.equal(route(...labels), receiver, labels.join(' '));

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
    value: '12',
    threshold: '10',
    dashboard: '/d/runpod-endpoint',
    runbook_url: `docs/runbooks/${alertname}.md`,
    ...annotations,
  },
  endsAt,
});
const post = (...alerts) =>
  fetch(`${api}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
  });
const about = (title) => messages.filter((message) => message.title === title);

try {
  await until('readiness', () =>
    fetch(`${api}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  const deep = (severity) =>
    alert('RunpodQueueDeep', severity, {
      endpoint_id: 'e1',
      endpoint_name: 'llm',
      signal: 'queue_depth',
    });
  const errors = (endsAt) =>
    alert(
      'RunpodErrorRatioHigh',
      'warning',
      { endpoint_id: 'e2', endpoint_name: 'sdxl', signal: 'error_ratio' },
      { value: '7%', threshold: '5%' },
      endsAt,
    );
  await post(
    deep('warning'),
    deep('critical'),
    errors(),
    alert('RunpodStandbyWithoutMinimum', 'info', { endpoint_id: 'e3' }),
  );
  const critical = '[FIRING:1] RunpodQueueDeep on llm';
  const warning = '[FIRING:1] RunpodErrorRatioHigh on sdxl';
  await until('both messages', () => about(critical).length > 0 && about(warning).length > 0);

  const [message] = about(critical);
  assert.equal(message.color, '#ff0000');
  assert.deepEqual(message.fields, [
    { title: 'Metric', value: 'queue_depth', short: true },
    { title: 'Value', value: '12', short: true },
    { title: 'Threshold', value: '10', short: true },
    { title: 'Severity', value: 'critical', short: true },
  ]);
  assert.equal(message.title_link, 'http://localhost:3000/d/runpod-endpoint');
  assert.equal(message.actions[0].url, 'http://localhost:8080/docs/runbooks/RunpodQueueDeep.md');
  assert.match(message.text, /^\*RunpodQueueDeep\.\*\nMore\./);
  assert.equal(about(warning)[0].color, '#ffcc00');

  await post(errors(new Date().toISOString()));
  await until('the resolved one', () => about('[RESOLVED] RunpodErrorRatioHigh on sdxl').length > 0);
  assert.equal(about('[RESOLVED] RunpodErrorRatioHigh on sdxl')[0].color, '#36a64f');

  // Names come from Runpod: none of them notifies the channel or a person, links, or changes the text around it.
  const hostile = '<!channel> & <@U1|a>\n*Forged* \u202e<http://x|y>';
  const plain = '&lt;!channel&gt; &amp; &lt;@U1|a&gt;\ufffd*Forged* \ufffd&lt;http://x|y&gt;';
  await post(
    alert(
      'RunpodLatencyHigh',
      'warning',
      { endpoint_id: 'e4', endpoint_name: hostile, signal: 'latency' },
      { summary: `${hostile} is slow`, description: `Of ${hostile}.`, value: '>5s', threshold: '<3s' },
    ),
    alert('RunpodPodStopped', 'warning', { pod_id: 'p9', pod_name: hostile, signal: 'pod' }),
  );
  await until(
    'the hostile names',
    () => messages.filter(({ title }) => /RunpodLatencyHigh|RunpodPodStopped/.test(title)).length > 1,
  );
  const [slow] = messages.filter(({ title }) => title.includes('RunpodLatencyHigh'));
  assert.equal(slow.title, `[FIRING:1] RunpodLatencyHigh on ${plain}`);
  assert.equal(slow.fallback, slow.title);
  assert.equal(slow.text.trimEnd(), `*${plain} is slow*\nOf ${plain}.`);
  assert.deepEqual([slow.fields[1].value, slow.fields[2].value], ['&gt;5s', '&lt;3s']);
  assert.ok(about(`[FIRING:1] RunpodPodStopped on ${plain}`).length > 0);
  for (const { title, text, fallback, fields } of messages) {
    assert.doesNotMatch(JSON.stringify([title, text, fallback, fields]), /[<>]/);
  }

  await post(
    alert('RunpodExporterDown', 'critical', {
      account: undefined,
      instance: 'exporter:10736',
      signal: 'exporter_up',
    }),
  );
  await until('the exporter', () => about('[FIRING:1] RunpodExporterDown').length > 0);
  await post(
    alert('RunpodPodIdle', 'warning', {
      pod_id: 'p1',
      pod_name: 'notebook',
      signal: 'pod_idle',
    }),
  );
  await new Promise((done) => setTimeout(done, 2500));

  const titles = new Set(messages.map(({ title }) => title));
  assert.deepEqual(
    [...titles].sort(),
    [
      '[FIRING:1] RunpodExporterDown',
      critical,
      warning,
      '[RESOLVED] RunpodErrorRatioHigh on sdxl',
      `[FIRING:1] RunpodLatencyHigh on ${plain}`,
      `[FIRING:1] RunpodPodStopped on ${plain}`,
    ].sort(),
  );
  assert.ok(
    !messages.some(({ color, title }) => title === critical && color !== '#ff0000'),
    'the inhibited warning was sent',
  );
  console.log(`alertmanager: ${messages.length} messages, all as expected`);
} finally {
  // Its data can be removed once it writes no more.
  const ended = new Promise((done) => manager.once('exit', done));
  if (manager.exitCode === null && manager.kill()) await ended;
  slack.close();
  slack.closeAllConnections();
  rmSync(work, { recursive: true, force: true });
}
