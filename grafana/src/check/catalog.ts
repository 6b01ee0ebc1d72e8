// The series that an expression may use, with their labels: those of the exporter's catalog, those of vLLM on pods, and those that
// Prometheus adds.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Series {
  name: string;
  type: string;
  labels: string[];
}
export type Known = Map<string, Series>;

export const ROOT = join(import.meta.dirname, '../../..');
/** Labels that Prometheus adds to every series of a target, the last in Kubernetes. */
const TARGET = ['job', 'instance', 'pod'];

/** The labels of vLLM's series: its own, and those that the scrape job of docs/workloads.md adds. */
const VLLM_LABELS = ['account', 'pod_id', 'pod_name', 'model_name', 'engine'];
/** vLLM's families with their types. */
const VLLM: Record<string, string> = {
  'vllm:num_requests_running': 'gauge',
  'vllm:num_requests_waiting': 'gauge',
  'vllm:kv_cache_usage_perc': 'gauge',
  'vllm:prompt_tokens_total': 'counter',
  'vllm:generation_tokens_total': 'counter',
  'vllm:num_preemptions_total': 'counter',
  'vllm:e2e_request_latency_seconds': 'histogram',
  'vllm:time_to_first_token_seconds': 'histogram',
};

/** The families of the exporter's catalog. */
export function families(): Series[] {
  return (exported ??= read());
}
let exported: Series[] | undefined;

/** Runs the exporter; `RUNPOD_EXPORTER` is the path of an existing binary. */
function read(): Series[] {
  const built = process.env['RUNPOD_EXPORTER'];
  const [program, args] = built ? [built, []] : ['cargo', ['run', '--quiet', '--locked', '--']];
  const json = execFileSync(program, [...args, 'metrics', '--format=json'], { cwd: ROOT, maxBuffer: 1 << 24 });
  return JSON.parse(json.toString());
}

export function catalog(): Known {
  const known: Known = new Map();
  const add = (name: string, type: string, labels: string[]) => {
    if (!known.has(name)) known.set(name, { name, type, labels: [...labels, ...TARGET] });
  };
  const vllm = Object.entries(VLLM).map(([name, type]) => ({ name, type, labels: VLLM_LABELS }));
  for (const { name, type, labels } of [...families(), ...vllm]) {
    if (type !== 'histogram') {
      add(name, type, labels);
      continue;
    }
    add(`${name}_bucket`, 'counter', [...labels, 'le']);
    add(`${name}_sum`, 'counter', labels);
    add(`${name}_count`, 'counter', labels);
  }
  const every = [...new Set([...known.values()].flatMap(({ labels }) => labels))];
  add('up', 'gauge', []);
  add('scrape_samples_scraped', 'gauge', []);
  add('ALERTS', 'gauge', [...every, 'alertname', 'alertstate', 'severity', 'cause']);
  return known;
}
