// Starts and stops the program, and asks it as a Prometheus would.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const PROGRAM = process.env.RUNPOD_EXPORTER ?? 'target/debug/runpod-exporter';
const PATIENCE = 30_000;

/** Asks again and again until the answer is truthy. */
export async function until(what, ask) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The demo on this port, once it has looked at its account. */
export async function demo(port, ...args) {
  const flags = ['demo', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn', ...args];
  const child = spawn(PROGRAM, flags, { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://127.0.0.1:${port}/`;
  const ready = async () => {
    if (child.exitCode !== null) throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
    return fetch(`${url}ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  await until('the demo is ready', ready);
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { url, stop };
}
