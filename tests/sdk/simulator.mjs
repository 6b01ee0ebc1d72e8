// Starts and stops the simulator.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { freePort, until } from '../page/exporter.mjs';

const PROGRAM = process.env.RUNPOD_EXPORTER ?? 'target/debug/runpod-exporter';

export const KEY = 'rpa_A0KEY0OF0NO0ACCOUNT';

/** Starts `runpod-exporter simulate`; `RUNPOD_SIMULATOR` names the program of the simulator alone instead. */
export async function simulate(...args) {
  const port = await freePort();
  const alone = process.env.RUNPOD_SIMULATOR;
  const flags = [`--listen-address=127.0.0.1:${port}`, '--log.level=error', ...args];
  const child = alone
    ? spawn(alone, flags, { stdio: ['ignore', 'ignore', 'inherit'] })
    : spawn(PROGRAM, ['simulate', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  const base = `http://127.0.0.1:${port}`;
  const get = async (path) => {
    const response = await fetch(base + path, { headers: { authorization: `Bearer ${KEY}` } });
    return response.json();
  };
  await until('the simulator listens', async () => {
    if (child.exitCode !== null) throw new Error(`the simulator exited with ${child.exitCode}`);
    return get('/simulator/traffic').catch(() => null);
  });
  const stop = async () => {
    child.kill();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { base, get, stop };
}
