// Starts and stops the demo.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const PROGRAM = process.env.RUNPOD_EXPORTER ?? 'target/debug/runpod-exporter';
const TIMEOUT = 30_000;

/** Polls until the result is truthy. */
export async function until(what, poll) {
  const deadline = Date.now() + TIMEOUT;
  for (;;) {
    const result = await poll();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`timeout: ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** A free port. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the demo on this port. */
export async function start(port, ...args) {
  const flags = ['demo', `--web.listen-address=127.0.0.1:${port}`, '--log.level=error', ...args];
  const child = spawn(PROGRAM, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}/`;
  const responds = async (path) => {
    if (child.exitCode !== null) throw new Error(`${PROGRAM} exited with ${child.exitCode}`);
    return fetch(url + path).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await until('the demo listens', () => responds('health'));
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { url, stop, responds };
}

/** The same, and waits until an account has answered. */
export async function demo(port, ...args) {
  const exporter = await start(port, ...args);
  await until('the demo is ready', () => exporter.responds('ready'));
  return exporter;
}
