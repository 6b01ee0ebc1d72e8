// Checks the systemd unit: its syntax, and how much of the machine the process can reach.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EXPORTER, ROOT, run } from './tools.mjs';

const UNIT = join(ROOT, 'deploy/systemd/runpod-exporter.service');

/** Highest exposure, in tenths. 0 has no access at all; below 20, systemd-analyze calls a service safe. */
const EXPOSURE = 15;

/** Problems of the unit. The program is the one that was built, in place of the one that is not installed. */
async function verify(text) {
  const folder = mkdtempSync(join(tmpdir(), 'unit-'));
  const path = join(folder, 'runpod-exporter.service');
  writeFileSync(path, text.replace('/usr/bin/runpod-exporter', EXPORTER));
  const { code, stderr } = await run('systemd-analyze', ['verify', '--man=no', path]);
  rmSync(folder, { recursive: true });
  return code === 0 && stderr === '' ? [] : [`systemd-analyze verify: ${stderr}`];
}

export async function unit() {
  if (process.platform !== 'linux') {
    console.log('deploy: the systemd unit is not checked, because this is not Linux');
    return [];
  }
  const text = readFileSync(UNIT, 'utf8');
  const broken = await verify(text.replace('[Install]', '[Instal'));
  if (broken.length === 0) return ['systemd-analyze accepts a unit with an error'];
  const problems = await verify(text);
  const { code, stdout, stderr } = await run('systemd-analyze', [
    'security',
    '--offline=true',
    `--threshold=${EXPOSURE}`,
    UNIT,
  ]);
  if (code !== 0) problems.push(`systemd-analyze security: ${stdout.trim().split('\n').at(-1)} ${stderr}`);
  return problems;
}
