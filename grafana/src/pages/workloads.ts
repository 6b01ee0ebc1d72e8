// vLLM on pods: what the servers report about themselves, beside what Runpod reports about their pods.

import { rising } from '../kit/colors.js';
import { RECENT } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { POD, RECENT_MINUTES, ofPods, perHour, perPod } from '../kit/promql.js';
import { line } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';

/** The window of current rates. */
const WINDOW = `${RECENT}`;
const RATE = '$__rate_interval';
const LABELS = 'account, pod_id, pod_name';
const NAME = '{{pod_name}} · {{pod_id}}';
/** A cache that is this full makes vLLM interrupt requests. */
const FULL = { warning: 0.9, critical: 0.98 };

/** A metric of the servers, one series per pod: a server may have several models and engines. */
const perServer = (aggregate: string, expr: string) => `${aggregate} by (${LABELS}) (${expr})`;
const gauge = (name: string) => perServer('sum', `vllm:${name}{${POD}}`);
const cache = perServer('max', `vllm:kv_cache_usage_perc{${POD}}`);
const rate = (name: string, window: string) => perServer('sum', `rate(vllm:${name}{${POD}}[${window}])`);
const generated = (window: string) => rate('generation_tokens_total', window);
const quantile = (q: number, name: string, window: string, labels = LABELS) =>
  `histogram_quantile(${q}, sum by (${labels}, le) (rate(vllm:${name}_bucket{${POD}}[${window}]))) >= 0`;

/** What Runpod reports about the pods with a server: the same labels on both sides. */
const SERVERS = `max by (account, pod_id) (vllm:num_requests_running{${POD}})`;
const ofServers = (expr: string) => `${expr} and on (account, pod_id) ${SERVERS}`;
const cost = ofServers(perPod('runpod_pod_cost_dollars_per_hour'));
const gpu = ofServers(`avg by (${LABELS}) (${ofPods('runpod_pod_gpu_utilization_ratio')})`);
/** Dollars for a million generated tokens, over the last minutes. */
const hourly = ofServers(perServer('max', `avg_over_time(${ofPods('runpod_pod_cost_dollars_per_hour')}[${WINDOW}])`));
const tokens = perServer('sum', perHour(`vllm:generation_tokens_total{${POD}}`, RECENT_MINUTES));
const price = `1e6 * (${hourly}) / on (${LABELS}) (${tokens} > 0)`;
const totalPrice = `1e6 * sum(${hourly}) / (sum(${tokens}) > 0)`;

const top = side(
  3,
  stats({
    title: 'Servers',
    about: 'Number of pods with a vLLM server that was scraped.',
    unit: 'none',
    expr: `count(${SERVERS})`,
    noValue: 'none discovered',
  }),
  stats({
    title: 'Requests running',
    about: 'Requests that are being answered.',
    unit: 'none',
    expr: `sum(${gauge('num_requests_running')})`,
  }),
  stats({
    title: 'Requests waiting',
    about: 'Requests that wait for a place in the batch.',
    unit: 'none',
    expr: `sum(${gauge('num_requests_waiting')})`,
  }),
  stats({
    title: 'Fullest cache',
    about: 'Highest used share of the KV cache. vLLM interrupts requests when it is full.',
    unit: 'percentunit',
    decimals: 0,
    expr: `max(${cache})`,
    thresholds: rising(FULL),
  }),
  stats({
    title: 'Tokens / s',
    about: 'Tokens generated per second, over the last ten minutes.',
    unit: 'none',
    decimals: 0,
    expr: `sum(${generated(WINDOW)})`,
  }),
  stats({
    title: 'GPU utilization',
    about: 'Average utilization of the GPUs of the pods with a server, as Runpod reports it.',
    unit: 'percentunit',
    decimals: 0,
    expr: `avg(${gpu})`,
  }),
  stats({
    title: 'Cost per hour',
    about: 'Cost of the pods with a server in dollars per hour, without volumes.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${cost})`,
  }),
  stats({
    title: '$ / 1M tokens',
    about: 'Cost of the pods for one million generated tokens, at the rate of the last ten minutes.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: totalPrice,
    noValue: 'no tokens',
  }),
);

const servers = tables({
  title: 'Servers',
  about:
    'Each vLLM server beside its pod. A dash means that the value is unknown: the server has not answered any request in the last ten minutes, or Runpod does not report the pod.',
  labels: [
    { label: 'pod_name', title: 'Pod' },
    { label: 'account', title: 'Account', width: 80 },
    { label: 'status', title: 'Status', width: 75, words: { running: { text: 'running', color: 'green' } } },
    { label: 'gpu_type_id', title: 'GPU type', width: 190 },
    { label: 'pod_id', title: 'Id', width: 135 },
  ],
  order: ['Pod', 'Account', 'Status', 'GPU type'],
  sort: 'Waiting',
  values: [
    silent(ofServers(`max by (${LABELS}, status) (${ofPods('runpod_pod_status')}) == 1`)),
    silent(ofServers(`max by (${LABELS}, gpu_type_id) (${ofPods('runpod_pod_info')})`)),
    { title: 'Running', expr: gauge('num_requests_running'), unit: 'none', width: 80 },
    { title: 'Waiting', expr: gauge('num_requests_waiting'), unit: 'none', width: 80 },
    { title: 'Cache', expr: cache, unit: 'percentunit', decimals: 0, thresholds: rising(FULL), width: 70 },
    { title: 'GPU', expr: gpu, unit: 'percentunit', decimals: 0, width: 65 },
    { title: 'Tokens / s', expr: generated(WINDOW), unit: 'none', decimals: 0, width: 95 },
    { title: 'p95', expr: quantile(0.95, 'e2e_request_latency_seconds', WINDOW), unit: 's', decimals: 1, width: 75 },
    { title: '$ / h', expr: cost, unit: 'currencyUSD', decimals: 2, width: 75 },
    { title: '$ / 1M tokens', expr: price, unit: 'currencyUSD', decimals: 2, width: 125 },
  ],
});

const latency = (title: string, about: string, name: string) =>
  graph({
    title,
    about,
    unit: 's',
    queries: [0.5, 0.95, 0.99].map((q) =>
      line(`histogram_quantile(${q}, sum by (le) (rate(vllm:${name}_bucket{${POD}}[${RATE}]))) >= 0`, `p${q * 100}`),
    ),
  });

export const workloads: Page = {
  uid: 'runpod-workloads',
  title: 'vLLM on pods',
  about: 'vLLM servers on pods: queue, tokens and cache beside GPU, cost and state of their pods.',
  variables: ['pod'],
  sections: [
    { lines: [top, side(7, servers)] },
    {
      title: 'Load of the servers, and GPU utilization of their pods',
      lines: [
        side(
          8,
          graph({
            title: 'Requests',
            about: 'Requests that run, and requests that wait.',
            unit: 'none',
            stacked: true,
            queries: [
              line(`sum(${gauge('num_requests_running')})`, 'running'),
              line(`sum(${gauge('num_requests_waiting')})`, 'waiting'),
            ],
          }),
          graph({
            title: 'Tokens per second',
            about: 'Tokens of prompts and of answers, per second.',
            unit: 'none',
            queries: [
              line(`sum(${rate('prompt_tokens_total', RATE)})`, 'prompts'),
              line(`sum(${generated(RATE)})`, 'generated'),
            ],
          }),
        ),
        side(
          8,
          graph({
            title: 'KV cache',
            about: 'Used share of the cache for keys and values, by pod.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: [line(cache, NAME)],
            thresholds: rising(FULL),
          }),
          graph({
            title: 'GPU utilization',
            about: 'Average utilization of the GPUs of each pod with a server, as Runpod reports it.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: [line(gpu, NAME)],
          }),
        ),
      ],
    },
    {
      title: 'Latency and cost',
      lines: [
        side(
          8,
          latency('Latency', 'Time from the arrival of a request to the end of its answer.', 'e2e_request_latency_seconds'),
          latency(
            'Time to first token',
            'Time from the arrival of a request to the first token of its answer.',
            'time_to_first_token_seconds',
          ),
        ),
        side(
          8,
          graph({
            title: 'Cost for a million generated tokens',
            about:
              'Cost of the pod for one million generated tokens, over ten minutes. It rises while a server has little to do: the pod costs the same.',
            unit: 'currencyUSD',
            log: true,
            long: true,
            queries: [line(price, NAME)],
          }),
          graph({
            title: 'Interrupted requests',
            about: 'Requests per minute that vLLM interrupted because the cache was full.',
            unit: 'none',
            long: true,
            queries: [line(`60 * ${rate('num_preemptions_total', RATE)}`, NAME)],
          }),
        ),
      ],
    },
  ],
};
