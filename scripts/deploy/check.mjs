// Checks deploy and compose.yaml: renders the chart with many values and validates each object, starts the exporter with what a pod
// contains, and compares generated files. With --write, writes the generated files.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { parse, parseAllDocuments } from 'yaml';

import { CASES, REJECTED } from './lib/cases.mjs';
import { compose } from './lib/compose.mjs';
import { leftover, manifests, outdated } from './lib/manifests.mjs';
import { alertmanager, dashboards, rules } from './lib/monitoring.mjs';
import { existing, pods } from './lib/pods.mjs';
import { inSchema, inValues, readme, values } from './lib/readme.mjs';
import { references, restricted } from './lib/references.mjs';
import { problems as invalid } from './lib/schemas.mjs';
import { CHART, EXPORTER, ROOT, each, exporter, helm, kustomize, template } from './lib/tools.mjs';
import { unit } from './lib/unit.mjs';

const counts = { objects: 0, pods: 0 };
const objectsOf = (text) =>
  parseAllDocuments(text, { version: '1.1', merge: true })
    .map((document) => document.toJS())
    .filter(Boolean);

/** A release is stored in one Secret, which has at most 1 MiB: the chart, with each file in base64, and the objects. */
function size(rendered) {
  const files = readdirSync(CHART, { recursive: true })
    .map((name) => join(CHART, name))
    .concat(
      readdirSync(join(CHART, 'files/dashboards')).map((name) => join(CHART, 'files/dashboards', name)),
      readdirSync(join(CHART, 'files/rules')).map((name) => join(CHART, 'files/rules', name)),
    );
  const contents = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path).toString('base64'));
  return gzipSync(JSON.stringify({ contents, rendered })).toString('base64').length;
}

async function accepted([name, values, release = 'demo'], known) {
  const { code, stdout, problem } = await template(release, values);
  if (code !== 0) return [`${name}: ${problem.join(' ')}`];
  const objects = objectsOf(stdout);
  counts.objects += objects.length;
  const found = objects.flatMap((object) => invalid(object).map((why) => `${object.kind} ${object.metadata.name}: ${why}`));
  found.push(...references(objects));
  for (const object of objects) {
    if (object.kind === 'PrometheusRule') found.push(...(await rules(object, values)));
    if (object.kind === 'AlertmanagerConfig') found.push(...alertmanager(object));
    if (['Deployment', 'StatefulSet'].includes(object.kind)) found.push(...restricted(object.spec.template));
  }
  const { enabled, grafanaOperator } = values.dashboards ?? {};
  if (enabled || grafanaOperator?.enabled) found.push(...dashboards(objects));
  const started = await pods(objects, known);
  found.push(...started.problems);
  const wanted = values.demo?.enabled ? [] : (values.accounts?.map(({ name }) => name) ?? ['default']);
  if (started.accounts.sort().join('\n') !== [...wanted].sort().join('\n'))
    found.push(`the pods read ${started.accounts.join(', ')} instead of ${wanted.join(', ')}`);
  counts.pods += objects.filter(({ kind }) => ['Deployment', 'StatefulSet'].includes(kind)).length;
  if (size(stdout) > 1 << 19) found.push('the release has more than half of what Kubernetes can store');
  return found.map((why) => `${name}: ${why}`);
}

async function rejected([values, expected, more]) {
  const { code, problem } = await template('demo', values, more);
  if (code === 0) return [`${JSON.stringify(values)} is accepted, and should be rejected: ${expected}`];
  const lines = problem.filter((line) => line.includes(expected) && line.length < 600);
  return lines.length === 1 ? [] : [`${JSON.stringify(values)} is rejected without "${expected}": ${problem.join('\n')}`];
}

async function lint() {
  const found = await each([{ existingSecret: 'a' }, CASES.find(([name]) => name === 'everything')[1]], (values) =>
    helm(['lint', '--strict', CHART, '--values', '-'], JSON.stringify(values)),
  );
  return found.filter(({ code }) => code !== 0).map(({ stdout, problem }) => `helm lint: ${stdout}${problem.join('\n')}`);
}

/** Values, schema, versions and the exporter name the same things. */
async function consistent() {
  const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8'));
  const version = /^version = "(.*)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))[1];
  const found = values().missing.map((name) => `values.yaml: ${name} has no description`);
  if (chart.version !== version || chart.appVersion !== version)
    found.push(`Chart.yaml: version and appVersion are not ${version}, as in Cargo.toml`);
  const [schema, all] = [inSchema(), inValues()];
  found.push(
    ...all
      .filter(
        (name) =>
          !schema.includes(name) &&
          !/\.(matchLabels|labels|metricsFrom)\.|^(resources|podSecurityContext|securityContext)\./.test(name),
      )
      .map((name) => `values.schema.json: ${name} is missing`),
  );
  found.push(
    ...schema
      .filter((name) => !all.includes(name) && !/^(global|config\.)/.test(name))
      .map((name) => `values.yaml: ${name} of the schema is missing`),
  );
  return found;
}

/** A Secret has each key as it is in the values; the exporter reports one that cannot be a key. */
async function exact() {
  const key = `"quotes" 'and' {{ braces }}: $(HOME)\n\tanother line\n`;
  const values = { accounts: ['a', "b'\n#"].map((name) => ({ name, apiKey: key })) };
  const secret = objectsOf((await template('demo', values)).stdout).find(({ kind }) => kind === 'Secret');
  const stored = Object.values(secret?.data ?? {}).map((text) => Buffer.from(text, 'base64').toString());
  return stored.length === 2 && stored.every((text) => text === key)
    ? []
    : [`a Secret changes keys: ${JSON.stringify(stored)}`];
}

/** The names in the schema are those of the exporter, which lists them when it meets another one. */
async function named() {
  const { properties, definitions } = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8'));
  const { stdout } = await exporter(['--help']);
  const inHelp = [...stdout.matchAll(/^ {10}([a-z]+) +(?:on|off) +\S/gm)].map((match) => match[1]);
  const same = (one, two) => [...one].sort().join() === [...two].sort().join();
  const found = same(inHelp, definitions.collector.enum)
    ? []
    : [`values.schema.json: the collectors are not ${inHelp.join(', ')}`];
  const source = readFileSync(join(ROOT, 'src/config/file.rs'), 'utf8');
  const fields = [.../struct Entry \{([\s\S]*?)\n\}/.exec(source)[1].matchAll(/pub\(super\) (\w+):/g)].map(
    (match) => match[1],
  );
  const account = Object.keys(properties.accounts.items.properties).filter(
    (name) => !['apiKey', 'existingSecret', 'existingSecretKey'].includes(name),
  );
  if (
    !same(
      account,
      fields.filter((name) => name !== 'api_key'),
    )
  )
    found.push(`values.schema.json: the fields of an account are not ${fields.join(', ')}`);
  return found;
}

/** The values in docs/kubernetes.md, with an account where they have none. */
function documented() {
  const page = readFileSync(join(ROOT, 'docs/kubernetes.md'), 'utf8');
  const blocks = [...page.matchAll(/^```yaml\n(# values\.yaml\n[\s\S]*?)^```$/gm)].map((match) => parse(match[1]));
  if (blocks.length < 8) throw new Error(`docs/kubernetes.md: ${blocks.length} blocks of values`);
  return blocks.map((values, n) => [
    `docs/kubernetes.md, block ${n + 1}`,
    values.accounts ? values : { existingSecret: 'runpod', ...values },
  ]);
}

/** Objects in docs/integrations.md. */
function recipes() {
  const page = readFileSync(join(ROOT, 'docs/integrations.md'), 'utf8');
  const objects = [...page.matchAll(/^```yaml\n(apiVersion: [\s\S]*?)^```$/gm)].flatMap((match) => objectsOf(match[1]));
  if (objects.length < 3) throw new Error(`docs/integrations.md: ${objects.length} objects`);
  counts.objects += objects.length;
  return objects.flatMap((object) => invalid(object).map((why) => `docs/integrations.md: ${object.kind}: ${why}`));
}

/** A packaged chart has files where the folder has symbolic links, and renders the same objects. */
async function packaged() {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  const { code, problem } = await helm(['package', CHART, '--destination', folder]);
  if (code !== 0) return [`helm package: ${problem.join('\n')}`];
  const values = CASES.find(([name]) => name === 'everything')[1];
  const render = (chart) => helm(['template', 'demo', chart, '--values', '-'], JSON.stringify(values));
  const [one, two] = await each([CHART, join(folder, readdirSync(folder)[0])], render);
  rmSync(folder, { recursive: true });
  return two.code === 0 && one.stdout === two.stdout
    ? []
    : [`the packaged chart renders other objects: ${two.problem.join('\n')}`];
}

/** Manifests for kubectl: valid, and with the dashboards of grafana/dashboards. */
async function plain() {
  const folders = ['deploy/kubernetes', 'deploy/kubernetes/monitoring', 'grafana'];
  const built = await each(folders, (folder) => kustomize(join(ROOT, folder)));
  const found = built.flatMap(({ code, stderr }, n) => (code === 0 ? [] : [`${folders[n]}: ${stderr}`]));
  for (const object of built.flatMap(({ stdout }) => objectsOf(stdout))) {
    counts.objects += 1;
    found.push(...invalid(object).map((why) => `${object.kind} ${object.metadata.name}: ${why}`));
  }
  return [...found, ...dashboards(objectsOf(built[2].stdout))];
}

async function main() {
  if (!existsSync(EXPORTER)) throw new Error(`there is no ${EXPORTER}; run: cargo build`);
  const write = process.argv.includes('--write');
  const cases = [...CASES, ...documented()];
  const generated = await manifests();
  const files = new Map([...generated, [join(CHART, 'README.md'), readme()]]);
  const problems = [...outdated(files, write), ...leftover(generated)];
  if (!write) {
    const known = await existing();
    problems.push(
      ...compose(),
      ...(await unit()),
      ...(await lint()),
      ...(await consistent()),
      ...(await named()),
      ...(await exact()),
      ...(await plain()),
      ...(await packaged()),
      ...recipes(),
    );
    problems.push(...(await each(cases, (one) => accepted(one, known))).flat(), ...(await each(REJECTED, rejected)).flat());
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
  if (!write)
    console.log(
      `deploy: ${cases.length} sets of values, ${counts.objects} objects validated, ${counts.pods} pods started, ${REJECTED.length} sets of values rejected`,
    );
}

await main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
