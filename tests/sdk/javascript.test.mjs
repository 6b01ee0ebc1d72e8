// Runpod's JavaScript SDK sends jobs to the simulator.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';

import runpod from 'runpod-sdk';

import { KEY, simulate } from './simulator.mjs';

/** Timeout of one request, in milliseconds. */
const PATIENCE = 20_000;

let simulator, endpoint, endpointId;

before(async () => {
  simulator = await simulate('--scene=healthy');
  const { endpoints } = await simulator.get('/rest/v2/serverless');
  endpointId = endpoints.find(({ type }) => type === 'QUEUE').id;
  endpoint = runpod(KEY, { baseUrl: `${simulator.base}/v2` }).endpoint(endpointId);
});

after(async () => {
  await simulator?.stop();
});

test('health', async () => {
  const { jobs, workers } = await endpoint.health(PATIENCE);
  assert.ok(jobs.completed > 0 && workers.running + workers.idle > 0, JSON.stringify({ jobs, workers }));
});

test('an endpoint that does not exist', async () => {
  const unknown = runpod(KEY, { baseUrl: `${simulator.base}/v2` }).endpoint('none');
  for (const request of [() => unknown.health(PATIENCE), () => unknown.run({ input: {} }, PATIENCE)]) {
    await assert.rejects(request, ({ response }) => response.status === 404 && response.data.error === 'endpoint not found');
  }
});

test('a job, its status, its chunks and its webhook', async () => {
  const bodies = [];
  const receiver = createServer(async (request, response) => {
    bodies.push(JSON.parse((await request.toArray()).join('')));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const called = once(receiver, 'request');
  const webhook = `http://127.0.0.1:${receiver.address().port}/jobs`;

  const { id, status } = await endpoint.run({ input: { prompt: 'hi' }, webhook }, PATIENCE);
  assert.equal(status, 'IN_QUEUE');
  const result = await endpoint.statusSync(id, PATIENCE);
  assert.ok(result.completed && result.succeeded, JSON.stringify(result));
  const chunks = [];
  for await (const { output } of endpoint.stream(id, PATIENCE)) chunks.push(output);
  assert.deepEqual(chunks, result.output);

  await called;
  while (bodies.length === 0) await new Promise(setImmediate);
  const { started, completed, succeeded, ...record } = await endpoint.status(id, PATIENCE);
  assert.deepEqual(bodies, [{ ...record, input: { prompt: 'hi' }, webhook }]);
  receiver.close();
});

test('a synchronous job', async () => {
  const result = await endpoint.runSync({ input: { prompt: 'hi' } }, PATIENCE);
  assert.ok(result.succeeded && result.id.startsWith('sync-'), JSON.stringify(result));
});

test('canceled jobs and a purged queue', async () => {
  const { id } = await endpoint.run({ input: { prompt: 'hi' } }, PATIENCE);
  assert.deepEqual(await endpoint.cancel(id, PATIENCE), { id, status: 'CANCELLED' });
  assert.equal((await endpoint.status(id, PATIENCE)).status, 'CANCELLED');
  const { removed, status } = await endpoint.purgeQueue(PATIENCE);
  assert.ok(removed >= 0 && status === 'completed');
});
