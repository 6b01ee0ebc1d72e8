// Pods: utilization, cost, idle pods.

import { bad, rising } from '../kit/colors.js';
import { IDLE, IDLE_FOR } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { idlePods, ofPods, perPod } from '../kit/promql.js';
import { line, now } from '../kit/query.js';
import { tables } from '../kit/table.js';

const MEANING = `No GPU, or without GPUs no CPU, was busier than ${IDLE.text} in the last ${IDLE_FOR.text}.`;
const NAME = '{{pod_name}}';
const stopped = `${perPod('runpod_pod_volume_bytes')} > 0 and on (account, pod_id) (max by (account, pod_id) (${ofPods('runpod_pod_status', 'status=~"exited|paused"')}) == 1)`;
const running = `count(max by (account, pod_id) (${ofPods('runpod_pod_status', 'status="running"')}) == 1)`;
/** Zero if pods can be read, otherwise no series. */
const zero = `0 * count(${ofPods('runpod_pod_info')})`;
/** Temperature thresholds of GPUs; no alert uses them. */
const HOT = { warning: 80, critical: 90 };
const mean = (metric: string) => `avg by (account, pod_id, pod_name) (${ofPods(metric)})`;

const top = side(
  4,
  stats({ title: 'Pods running', about: 'Number of running pods.', unit: 'none', query: line(`${running} or ${zero}`) }),
  stats({
    title: 'Cost',
    about: 'Cost of the running pods in dollars per hour, without volumes.',
    unit: 'currencyUSD',
    decimals: 2,
    query: line(`sum(${perPod('runpod_pod_cost_dollars_per_hour')})`),
  }),
  stats({
    title: 'Cost of idle pods',
    about: `Cost of idle pods in dollars per hour. ${MEANING}`,
    unit: 'currencyUSD',
    decimals: 2,
    query: now(`sum(${idlePods}) or ${zero}`),
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'GPU utilization',
    about: 'Average utilization of all GPUs of running pods.',
    unit: 'percentunit',
    decimals: 0,
    query: line(`avg(${ofPods('runpod_pod_gpu_utilization_ratio')})`),
  }),
  stats({
    title: 'Hottest pod',
    about: 'Highest GPU temperature of a pod.',
    unit: 'celsius',
    decimals: 0,
    query: line(`max(${ofPods('runpod_pod_gpu_temperature_celsius')})`),
    thresholds: rising(HOT),
  }),
  stats({
    title: 'Volumes of stopped pods',
    about: 'Volumes that are billed while their pod is stopped.',
    unit: 'decbytes',
    decimals: 0,
    query: now(`sum(${stopped}) or ${zero}`),
    thresholds: bad('orange'),
  }),
);

const pods = tables({
  title: 'Pods',
  about: 'Current state of every pod. A stopped pod has no utilization.',
  labels: [
    { label: 'pod_name', title: 'Pod' },
    { label: 'pod_id', title: 'Id', width: 150 },
  ],
  hide: ['account'],
  sort: '$ / h',
  values: [
    { title: '$ / h', expr: perPod('runpod_pod_cost_dollars_per_hour'), unit: 'currencyUSD', decimals: 2, width: 85 },
    { title: 'Uptime', expr: perPod('runpod_pod_uptime_seconds'), unit: 's', decimals: 1, width: 105 },
    { title: 'GPUs', expr: perPod('runpod_pod_gpus'), unit: 'none', width: 75 },
    { title: 'GPU', expr: mean('runpod_pod_gpu_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 75 },
    {
      title: 'GPU memory',
      expr: mean('runpod_pod_gpu_memory_utilization_ratio'),
      unit: 'percentunit',
      decimals: 0,
      width: 115,
    },
    { title: 'CPU', expr: perPod('runpod_pod_cpu_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 75 },
    { title: 'Memory', expr: perPod('runpod_pod_memory_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 90 },
    {
      title: 'Temperature',
      expr: perPod('runpod_pod_gpu_temperature_celsius'),
      unit: 'celsius',
      decimals: 0,
      thresholds: rising(HOT),
      width: 120,
    },
    { title: 'Power', expr: perPod('runpod_pod_gpu_power_watts'), unit: 'watt', decimals: 0, width: 90 },
    { title: 'Volume', expr: perPod('runpod_pod_volume_bytes'), unit: 'decbytes', decimals: 0, width: 100 },
    { title: 'Today', expr: perPod('runpod_pod_billed_day_dollars'), unit: 'currencyUSD', decimals: 2, width: 100 },
    { title: 'Month', expr: perPod('runpod_pod_billed_month_dollars'), unit: 'currencyUSD', decimals: 2, width: 105 },
  ],
});

const podColumn = [
  { label: 'pod_name', title: 'Pod' },
  { label: 'pod_id', title: 'Id' },
];
const idle = tables({
  title: 'Idle pods',
  about: `Idle pods and their cost. ${MEANING}`,
  empty: 'none',
  labels: podColumn,
  hide: ['account'],
  sort: '$ / h',
  values: [{ title: '$ / h', unit: 'currencyUSD', decimals: 2, width: 90, expr: idlePods }],
});
const left = tables({
  title: 'Stopped pods with a volume',
  about: 'Stopped pods whose volume is billed.',
  empty: 'none',
  labels: podColumn,
  hide: ['account'],
  sort: 'Volume',
  values: [{ title: 'Volume', unit: 'decbytes', decimals: 0, width: 90, expr: stopped }],
});

export const podsPage: Page = {
  uid: 'runpod-pods',
  title: 'Pods',
  about: 'Pods: utilization, cost, idle pods.',
  variables: ['pod'],
  sections: [
    { lines: [top, side(10, pods), side(5, idle, left)] },
    {
      title: 'GPUs',
      lines: [
        side(
          8,
          graph({
            title: 'GPU utilization',
            about: 'Average utilization of the GPUs of a pod.',
            unit: 'percentunit',
            max: 1,
            queries: [line(mean('runpod_pod_gpu_utilization_ratio'), NAME)],
          }),
          graph({
            title: 'GPU memory',
            about: 'Average used share of the GPU memory of a pod.',
            unit: 'percentunit',
            max: 1,
            queries: [line(mean('runpod_pod_gpu_memory_utilization_ratio'), NAME)],
          }),
        ),
        side(
          8,
          graph({
            title: 'Temperature',
            about: 'Average temperature of the GPUs of a pod.',
            unit: 'celsius',
            queries: [line(perPod('runpod_pod_gpu_temperature_celsius'), NAME)],
            thresholds: rising(HOT),
          }),
          graph({
            title: 'Power',
            about: 'Average power draw of the GPUs of a pod.',
            unit: 'watt',
            queries: [line(perPod('runpod_pod_gpu_power_watts'), NAME)],
          }),
        ),
      ],
    },
    {
      title: 'Container and cost',
      lines: [
        side(
          8,
          graph({
            title: 'CPU',
            about: 'Utilization of the CPUs of a pod.',
            unit: 'percentunit',
            max: 1,
            queries: [line(perPod('runpod_pod_cpu_utilization_ratio'), NAME)],
          }),
          graph({
            title: 'Memory',
            about: 'Used share of the memory of a pod.',
            unit: 'percentunit',
            max: 1,
            queries: [line(perPod('runpod_pod_memory_utilization_ratio'), NAME)],
          }),
          graph({
            title: 'Cost',
            about: 'Cost of the running pods in dollars per hour.',
            unit: 'currencyUSD',
            stacked: true,
            steps: true,
            queries: [line(perPod('runpod_pod_cost_dollars_per_hour'), NAME)],
          }),
        ),
      ],
    },
  ],
};
