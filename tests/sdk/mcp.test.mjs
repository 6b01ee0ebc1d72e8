// Runpod's MCP server, which contains Runpod's TypeScript SDK, reads the simulator and sends jobs to it.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

import { KEY, simulate } from './simulator.mjs';

const SERVER = fileURLToPath(import.meta.resolve('@runpod/mcp-server/package.json'));

/** Tools that change the account. The simulator refuses them. */
const WRITES = /^(create|delete|update|deploy|set|revoke)-|^pod-action$/;

let simulator, client, tools, ids;

before(async () => {
  simulator = await simulate('--scene=healthy', '--clusters=1', '--rest-quota=off');
  const { base } = simulator;
  const urls = {
    RUNPOD_API_BASE_URL: `${base}/rest`,
    RUNPOD_SERVERLESS_API_URL: `${base}/v2`,
    RUNPOD_PUBLIC_GRAPHQL_URL: `${base}/graphql`,
    RUNPOD_AUTHED_GRAPHQL_URL: `${base}/graphql`,
  };
  client = new Client({ name: 'runpod-exporter', version: '1.0.0' });
  const args = [SERVER.replace('package.json', 'dist/stdio.mjs')];
  const env = { RUNPOD_API_KEY: KEY, ...urls };
  // Its log goes nowhere: each result is checked.
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: 'ignore' }));
  ({ tools } = await client.listTools());
  ids = await accountIds();
});

after(async () => {
  await client?.close();
  await simulator?.stop();
});

/** Ids of objects of the account. */
async function accountIds() {
  const rest = (path) => simulator.get(`/rest/v2/${path}`);
  const [{ endpoints }, { pods }, { networkVolumes }, { templates }, { clusters }, { registries }] = await Promise.all(
    ['serverless', 'pods', 'network-volumes', 'templates', 'clusters', 'registries'].map(rest),
  );
  const endpoint = endpoints.find(({ type }) => type === 'QUEUE').id;
  const { workers } = await rest(`serverless/${endpoint}/workers`);
  const [pod, volume, template, cluster, registry] = [pods, networkVolumes, templates, clusters, registries].map(
    ([first]) => first.id,
  );
  return { endpoint, worker: workers[0].id, pod, volume, template, cluster, registry };
}

/** The result of a tool, and whether it is an error. */
async function call(name, args = {}) {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  return { text: content.map(({ text }) => text).join('\n'), isError };
}

async function succeeds(name, args) {
  const { text, isError } = await call(name, args);
  assert.ok(!isError, `${name}: ${text}`);
  return JSON.parse(text);
}

/** The arguments of each tool that reads. */
const READS = {
  'list-endpoints': () => ({}),
  'list-templates': () => ({}),
  'endpoint-health': () => ({ endpointId: ids.endpoint }),
  'stream-pod-logs': () => ({ podId: ids.pod, tail: 3, maxWaitMs: 500 }),
  'stream-worker-logs': () => ({ endpointId: ids.endpoint, workerId: ids.worker, tail: 3, maxWaitMs: 500 }),
  'get-capacity': () => ({ cudaVersions: ['12.4', '12.8'] }),
  'list-hub-repos': () => ({ includeConfig: true }),
  'list-public-endpoints': () => ({ includeOffline: true }),
  'get-cluster': () => ({ id: ids.cluster }),
  'get-cpu-type': () => ({ id: 'cpu3c-2-4', include: ['AVAILABILITY'], product: ['POD'] }),
  'get-data-center': () => ({ id: 'US-KS-2', include: ['GPU_AVAILABILITY', 'CPU_AVAILABILITY'] }),
  'get-endpoint': () => ({ id: ids.endpoint }),
  'get-gpu-type': () => ({ id: 'NVIDIA GeForce RTX 4090', include: ['AVAILABILITY'], product: ['SERVERLESS'] }),
  'get-network-volume': () => ({ id: ids.volume }),
  'get-pod': () => ({ id: ids.pod }),
  'get-registry': () => ({ id: ids.registry }),
  'get-ssh-keys': () => ({}),
  'get-template': () => ({ id: ids.template }),
  'list-billing': () => ({ lastN: 2, bucketSize: 'hour' }),
  'list-cluster-billing': () => ({ clusterId: ids.cluster }),
  'list-cluster-pods': () => ({ id: ids.cluster }),
  'list-clusters': () => ({}),
  'list-cpu-types': () => ({}),
  'list-data-centers': () => ({ regions: ['EUROPE'] }),
  'list-delegations': () => ({}),
  'list-endpoint-billing': () => ({}),
  'list-endpoint-builds': () => ({ id: ids.endpoint }),
  'list-endpoint-releases': () => ({ id: ids.endpoint }),
  'list-endpoint-workers': () => ({ id: ids.endpoint }),
  'list-gpu-types': () => ({ include: ['AVAILABILITY'], product: ['POD', 'CLUSTER'] }),
  'list-network-volume-billing': () => ({}),
  'list-network-volumes': () => ({}),
  'list-pod-billing': () => ({ podId: ids.pod }),
  'list-pods': () => ({ includeClusterPods: true }),
  'list-public-templates': () => ({ source: 'community' }),
  'list-registries': () => ({}),
  'list-serverless-billing': () => ({ serverlessId: ids.endpoint }),
};

/** Tools that read or change jobs. */
const JOBS = [
  'run-endpoint',
  'runsync-endpoint',
  'get-job-status',
  'stream-job',
  'cancel-job',
  'retry-job',
  'purge-endpoint-queue',
];

/** No simulated endpoint has a build, so that its id is not found. */
const NOT_FOUND = { 'get-endpoint-build': () => ({ id: ids.endpoint, buildId: 'none' }) };

test('every tool is either tested or a write', () => {
  const tested = [...Object.keys(READS), ...Object.keys(NOT_FOUND), ...JOBS];
  const names = tools.map(({ name }) => name).filter((name) => !WRITES.test(name));
  assert.deepEqual(names.toSorted(), tested.toSorted());
});

for (const [name, args] of Object.entries(READS)) {
  test(name, async () => {
    await succeeds(name, args());
  });
}

test('the capacity of every CUDA version in one call', async () => {
  const { items } = await succeeds('get-capacity', {});
  assert.ok(items.some(({ cudaVersions }) => cudaVersions['12.8'] === 'AVAILABLE'));
});

test('an unknown id is not found', async () => {
  for (const [name, args] of [...Object.entries(NOT_FOUND), ['get-pod', () => ({ id: 'none' })]]) {
    const { text, isError } = await call(name, args());
    assert.ok(isError && text.includes('not found'), `${name}: ${text}`);
  }
});

test('a job from the queue to its result', async () => {
  const { endpoint: endpointId } = ids;
  const { id: jobId, status } = await succeeds('run-endpoint', { endpointId, input: { prompt: 'hi' } });
  assert.equal(status, 'IN_QUEUE');
  const streamed = await succeeds('stream-job', { endpointId, jobId });
  assert.match(JSON.stringify(streamed), /COMPLETED/);
  const result = await succeeds('get-job-status', { endpointId, jobId, wait: 20_000 });
  assert.equal(result.status, 'COMPLETED', JSON.stringify(result));
  assert.equal((await succeeds('cancel-job', { endpointId, jobId })).status, 'COMPLETED');
  const retried = await call('retry-job', { endpointId, jobId });
  assert.ok(retried.isError && retried.text.includes('failed'), retried.text);
});

test('a synchronous job, and a purged queue', async () => {
  const { endpoint: endpointId } = ids;
  const result = await succeeds('runsync-endpoint', { endpointId, input: { prompt: 'hi' }, wait: 60_000 });
  assert.equal(result.status, 'COMPLETED', JSON.stringify(result));
  const purged = await succeeds('purge-endpoint-queue', { endpointId });
  assert.ok(purged.removed >= 0 && purged.status === 'completed', JSON.stringify(purged));
});
