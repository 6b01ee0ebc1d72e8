// Starts what a pod starts: its volumes become files, and the exporter checks the configuration that they contain.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { exporter, run } from './tools.mjs';

const MOUNTS = '/etc/runpod-exporter';

/** A certificate for this run, and the entries of Secrets that the values only name. */
export async function existing() {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
  const options = [
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=exporter',
  ];
  const made = await run('openssl', [
    'req',
    ...options,
    '-addext',
    'subjectAltName=DNS:exporter',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  if (made.code !== 0) throw new Error(`openssl: ${made.stderr}`);
  const cat = async (file) => (await run('cat', [file])).stdout;
  const files = { 'tls.key': await cat(key), 'tls.crt': await cat(cert), 'ca.crt': await cat(cert) };
  rmSync(folder, { recursive: true });
  const web = 'tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n';
  return { ...files, 'web.yaml': web, 'own-web.yaml': web, token: 'a-token-of-enough-characters\n' };
}

/** The entries of the Secret or ConfigMap that a volume names. Of Secrets that exist already, any entry that is named. */
function entries(of, source, objects, known, items) {
  const name = source.secretName ?? source.name;
  const object = objects.find(({ kind, metadata }) => metadata.name === name && kind === of);
  if (!object) return items ? Object.fromEntries(items.map(({ key }) => [key, known[key] ?? 'rpa_existing\n'])) : known;
  const decode = (value) => (object.kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value);
  return Object.fromEntries(Object.entries(object.data).map(([key, value]) => [key, decode(value)]));
}

/** Writes the volumes of a pod below a folder. Returns the problems. */
function mount(pod, objects, known, root) {
  const found = [];
  for (const { name, mountPath } of pod.containers[0].volumeMounts ?? []) {
    const volume = pod.volumes.find((volume) => volume.name === name);
    if (!volume) found.push(`no volume ${name}`);
    const sources = volume?.projected?.sources ?? [volume ?? {}];
    for (const { secret, configMap } of sources) {
      const source = secret ?? configMap;
      if (!source) continue;
      const data = entries(secret ? 'Secret' : 'ConfigMap', source, objects, known, source.items);
      const mode = volume.projected?.defaultMode ?? source.defaultMode ?? 0o644;
      const items = source.items ?? Object.keys(data).map((key) => ({ key, path: key }));
      for (const { key, path } of items) {
        if (data[key] === undefined) found.push(`volume ${name}: no entry ${key}`);
        const file = join(root, mountPath, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, (data[key] ?? '').replaceAll(MOUNTS, join(root, MOUNTS)), { mode });
      }
    }
  }
  return found;
}

/** Runs the commands of a pod with an index. Returns the names of its accounts, and problems. */
async function start(pod, index, root) {
  const [container] = pod.containers;
  const local = (text) =>
    text
      .replaceAll(MOUNTS, join(root, MOUNTS))
      .replace('$(SHARD)', index)
      .replace(/=:\d+$/, '=127.0.0.1:0');
  const args = container.args.map(local);
  // The demo has no configuration to check, but its flags are read before its help is printed.
  const last = args[0] === 'demo' ? '--help' : '--config.check';
  const env = Object.fromEntries(
    (container.env ?? []).filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]),
  );
  const { code, stdout, stderr } = await exporter([...args, last], env);
  const found = code === 0 ? [] : [`the exporter rejects ${container.args.join(' ')}: ${stderr.trim()}`];
  if (stderr.includes('every user of this machine may read'))
    found.push('every user may read a key: the volume has no defaultMode');
  for (const probe of [container.livenessProbe, container.readinessProbe].filter(({ exec }) => exec)) {
    const [program, ...command] = probe.exec.command;
    const checked = await exporter([...command.map(local), '--help']);
    if (program !== '/runpod-exporter' || checked.code !== 0)
      found.push(`the exporter rejects a probe: ${checked.stderr.trim()}`);
  }
  const names = /accounts[^:]*: (.*)/.exec(stdout)?.[1].split(', ') ?? [];
  return { found, names: names.filter((name) => name !== 'none') };
}

/** What is wrong with the pods that the rendered objects create, and the names of the accounts that they read. */
export async function pods(objects, known) {
  const problems = [];
  const accounts = [];
  for (const { kind, spec } of objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind))) {
    const root = mkdtempSync(join(tmpdir(), 'deploy-'));
    problems.push(...mount(spec.template.spec, objects, known, root));
    const indices = kind === 'StatefulSet' ? Array.from({ length: spec.replicas }, (_, index) => index) : [0];
    for (const { found, names } of await Promise.all(indices.map((index) => start(spec.template.spec, index, root)))) {
      problems.push(...found);
      accounts.push(...names);
    }
    rmSync(root, { recursive: true });
  }
  return { problems, accounts };
}
