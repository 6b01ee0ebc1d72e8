// Pods: utilization, cost, idle pods.

import { bad, rising } from '../kit/colors.js';
import { IDLE, IDLE_FOR } from '../kit/limits.js';
import { optional, side, type Page } from '../kit/page.js';
import { graph, stats } from '../kit/panels.js';
import { ACCOUNT, WORST, idlePods, ofPods, perPod } from '../kit/promql.js';
import { line } from '../kit/query.js';
import { silent, tables } from '../kit/table.js';

const MEANING = `No GPU, or without GPUs no CPU, was busier than ${IDLE.text} in the last ${IDLE_FOR.text}.`;
const NAME = '{{pod_name}} · {{pod_id}}';
/** Only the pods with the highest average in the time range. */
const most = (expr: string, metric: string) =>
  `${expr} and on (account, pod_id) topk(${WORST}, max by (account, pod_id) (avg_over_time(${ofPods(metric)}[$__range] @ end())))`;
const highest = (expr: string, metric: string) => [line(most(expr, metric), NAME)];
const stopped = `${perPod('runpod_pod_volume_bytes')} > 0 and on (account, pod_id) (max by (account, pod_id) (${ofPods('runpod_pod_status', 'status=~"exited|paused"')}) == 1)`;
const running = `count(max by (account, pod_id) (${ofPods('runpod_pod_status', 'status="running"')}) == 1)`;
/** Zero if pods can be read, otherwise no series. */
const zero = `0 * count(${ofPods('runpod_pod_info')})`;
/** Temperature thresholds of GPUs; no alert uses them. */
const HOT = { warning: 80, critical: 90 };
const mean = (metric: string) => `avg by (account, pod_id, pod_name) (${ofPods(metric)})`;
/** 2: utilization is reported, 1: the pod runs and none is, 0: the pod does not run. */
const telemetry =
  `2 + 0 * ${perPod('runpod_pod_cpu_utilization_ratio')}` +
  ` or max by (account, pod_id, pod_name) (${ofPods('runpod_pod_status', 'status="running"')})`;
const REPORTED = {
  0: { text: 'stopped', color: 'text' },
  1: { text: 'not reported', color: 'orange' },
  2: { text: 'reported', color: 'green' },
};

const top = side(
  3,
  stats({ title: 'Pods running', about: 'Number of running pods.', unit: 'none', expr: `${running} or ${zero}` }),
  stats({
    title: 'Cost',
    about: 'Cost of the running pods in dollars per hour, without volumes.',
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${perPod('runpod_pod_cost_dollars_per_hour')})`,
  }),
  stats({
    title: 'Cost of idle pods',
    about: `Cost of idle pods in dollars per hour. ${MEANING}`,
    unit: 'currencyUSD',
    decimals: 2,
    expr: `sum(${idlePods}) or ${zero}`,
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'GPU utilization',
    about: 'Average utilization of all GPUs of running pods.',
    unit: 'percentunit',
    decimals: 0,
    expr: `avg(max by (account, pod_id, gpu_id) (${ofPods('runpod_pod_gpu_utilization_ratio')}))`,
    noValue: 'no GPU in use',
  }),
  stats({
    title: 'Hottest pod',
    about: 'Highest GPU temperature of a pod.',
    unit: 'celsius',
    decimals: 0,
    expr: `max(${ofPods('runpod_pod_gpu_temperature_celsius')})`,
    noValue: 'no GPU in use',
    thresholds: rising(HOT),
  }),
  stats({
    title: 'Volumes of stopped pods',
    about: 'Volumes that are billed while their pod is stopped.',
    unit: 'decbytes',
    decimals: 0,
    expr: `sum(${stopped}) or ${zero}`,
    thresholds: bad('orange'),
  }),
);

const STATUS = {
  running: { text: 'running', color: 'green' },
  exited: { text: 'exited', color: 'text' },
  paused: { text: 'paused', color: 'text' },
};

const pods = tables({
  title: 'Pods',
  about:
    'Current state of every pod. A dash means that the value is unknown; the column Telemetry says why: the pod does not run, or Runpod reports no utilization for it, as in its first minute.',
  labels: [
    { label: 'pod_name', title: 'Pod' },
    { label: 'account', title: 'Account', width: 75 },
    { label: 'status', title: 'Status', width: 70, words: STATUS },
    { label: 'gpu_type_id', title: 'GPU type', width: 140 },
    { label: 'data_center_id', title: 'Data center', width: 90 },
    { label: 'pod_id', title: 'Id', width: 128 },
  ],
  order: ['Pod', 'Account', 'Status', 'GPU type', 'Data center', 'GPUs', 'Telemetry'],
  sort: '$ / h',
  values: [
    silent(`max by (account, pod_id, pod_name, status) (${ofPods('runpod_pod_status')}) == 1`),
    silent(`max by (account, pod_id, pod_name, gpu_type_id, data_center_id) (${ofPods('runpod_pod_info')})`),
    { title: 'Telemetry', expr: telemetry, unit: 'none', words: REPORTED, width: 100 },
    { title: '$ / h', expr: perPod('runpod_pod_cost_dollars_per_hour'), unit: 'currencyUSD', decimals: 2, width: 70 },
    { title: 'Uptime', expr: perPod('runpod_pod_uptime_seconds'), unit: 's', decimals: 1, width: 85 },
    { title: 'GPUs', expr: perPod('runpod_pod_gpus'), unit: 'none', width: 60 },
    { title: 'GPU', expr: mean('runpod_pod_gpu_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 60 },
    {
      title: 'GPU mem.',
      expr: mean('runpod_pod_gpu_memory_utilization_ratio'),
      unit: 'percentunit',
      decimals: 0,
      width: 85,
    },
    { title: 'CPU', expr: perPod('runpod_pod_cpu_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 60 },
    { title: 'Memory', expr: perPod('runpod_pod_memory_utilization_ratio'), unit: 'percentunit', decimals: 0, width: 80 },
    {
      title: 'Temp.',
      expr: perPod('runpod_pod_gpu_temperature_celsius'),
      unit: 'celsius',
      decimals: 0,
      thresholds: rising(HOT),
      width: 70,
    },
    { title: 'Power', expr: perPod('runpod_pod_gpu_power_watts'), unit: 'watt', decimals: 0, width: 70 },
    { title: 'Volume', expr: perPod('runpod_pod_volume_bytes'), unit: 'decbytes', decimals: 0, width: 72 },
    { title: 'Today', expr: perPod('runpod_pod_billed_day_dollars'), unit: 'currencyUSD', decimals: 2, width: 80 },
    { title: 'Month', expr: perPod('runpod_pod_billed_month_dollars'), unit: 'currencyUSD', decimals: 2, width: 85 },
  ],
});

const podColumn = [
  { label: 'pod_name', title: 'Pod' },
  { label: 'account', title: 'Account', width: 140 },
  { label: 'pod_id', title: 'Id', width: 150 },
];
const idle = tables({
  title: 'Idle pods',
  about: `Idle pods and their cost. ${MEANING}`,
  empty: 'none',
  labels: podColumn,
  sort: '$ / h',
  values: [{ title: '$ / h', unit: 'currencyUSD', decimals: 2, width: 90, expr: idlePods }],
});
const left = tables({
  title: 'Stopped pods with a volume',
  about: 'Stopped pods whose volume is billed.',
  empty: 'none',
  labels: podColumn,
  sort: 'Volume',
  values: [{ title: 'Volume', unit: 'decbytes', decimals: 0, width: 90, expr: stopped }],
});

const STOCK = {
  0: { text: 'none', color: 'red' },
  1: { text: 'low', color: 'orange' },
  2: { text: 'medium', color: 'yellow' },
  3: { text: 'high', color: 'green' },
};
const byCloud = (cloud: string) => `min by (gpu_type_id) (runpod_gpu_price_dollars_per_hour{${ACCOUNT},cloud="${cloud}"})`;
const byProduct = (product: string) => `max by (gpu_type_id) (runpod_gpu_stock_level{${ACCOUNT},product="${product}"})`;
const prices = tables({
  title: 'GPU prices and stock',
  about: 'List price of one GPU for an hour, and the availability of each GPU type.',
  labels: [{ label: 'gpu_type_id', title: 'GPU' }],
  sort: 'Secure cloud',
  values: [
    { title: 'Secure cloud', unit: 'currencyUSD', decimals: 2, width: 140, expr: byCloud('secure') },
    { title: 'Community cloud', unit: 'currencyUSD', decimals: 2, width: 150, expr: byCloud('community') },
    { title: 'Serverless', unit: 'currencyUSD', decimals: 2, width: 100, expr: byCloud('serverless') },
    { title: 'Stock for pods', unit: 'none', width: 130, words: STOCK, expr: byProduct('pod') },
    { title: 'Stock for Serverless', unit: 'none', width: 180, words: STOCK, expr: byProduct('serverless') },
  ],
});

const CLUSTER_LABELS = 'account, cluster_id, cluster_name';
const perCluster = (metric: string, ...more: string[]) =>
  `max by (${CLUSTER_LABELS}) (${[`${metric}{${ACCOUNT}`, ...more].join(',')}})`;
const clusters = tables({
  title: 'Clusters',
  about:
    'Current state of every cluster. A cluster with fewer running pods than it was created with waits for the others, and costs as long as any of them runs.',
  empty: 'none',
  labels: [
    { label: 'cluster_name', title: 'Cluster' },
    { label: 'account', title: 'Account', width: 110 },
    { label: 'kind', title: 'Kind', width: 100 },
    { label: 'gpu_type_id', title: 'GPU type', width: 190 },
    { label: 'data_center_id', title: 'Data center', width: 110 },
    { label: 'cluster_id', title: 'Id', width: 130 },
  ],
  order: ['Cluster', 'Account', 'Kind', 'GPU type', 'Data center', 'GPUs', 'Pods running', 'Pods desired'],
  sort: '$ / h',
  values: [
    silent(`max by (${CLUSTER_LABELS}, kind, gpu_type_id, data_center_id) (runpod_cluster_info{${ACCOUNT}})`),
    { title: 'GPUs', expr: perCluster('runpod_cluster_gpus'), unit: 'none', width: 70 },
    { title: 'Pods running', expr: perCluster('runpod_cluster_pods', 'status="running"'), unit: 'none', width: 110 },
    { title: 'Pods desired', expr: perCluster('runpod_cluster_pods_desired'), unit: 'none', width: 110 },
    {
      title: '$ / h',
      expr: perCluster('runpod_cluster_cost_dollars_per_hour'),
      unit: 'currencyUSD',
      decimals: 2,
      width: 85,
    },
    {
      title: 'Age',
      expr: `time() - ${perCluster('runpod_cluster_created_timestamp_seconds')}`,
      unit: 's',
      decimals: 1,
      width: 85,
    },
  ],
});
const members = tables({
  title: 'Pods of clusters',
  about: 'The pods of each cluster with their role and rank. The pod with rank 0 is the entry to the cluster.',
  empty: 'none',
  labels: [
    { label: 'pod_name', title: 'Pod' },
    { label: 'account', title: 'Account', width: 110 },
    { label: 'cluster_id', title: 'Cluster', width: 130 },
    { label: 'role', title: 'Role', width: 130 },
    { label: 'rank', title: 'Rank', width: 70 },
    { label: 'status', title: 'Status', width: 100, words: STATUS },
    { label: 'pod_id', title: 'Id', width: 150 },
  ],
  order: ['Cluster', 'Rank', 'Pod', 'Role', 'Account', 'Status', 'GPU', '$ / h'],
  sort: '$ / h',
  values: [
    silent(`max by (account, pod_id, pod_name, cluster_id, role, rank) (${ofPods('runpod_pod_cluster_info')})`),
    silent(
      `(max by (account, pod_id, pod_name, status) (${ofPods('runpod_pod_status')}) == 1) and on (account, pod_id) ${ofPods('runpod_pod_cluster_info')}`,
    ),
    {
      title: 'GPU',
      expr: `${mean('runpod_pod_gpu_utilization_ratio')} and on (account, pod_id) ${ofPods('runpod_pod_cluster_info')}`,
      unit: 'percentunit',
      decimals: 0,
      width: 70,
    },
    {
      title: '$ / h',
      expr: `${perPod('runpod_pod_cost_dollars_per_hour')} and on (account, pod_id) ${ofPods('runpod_pod_cluster_info')}`,
      unit: 'currencyUSD',
      decimals: 2,
      width: 85,
    },
  ],
});
const perCpu = (metric: string, selection: string) => `min by (cpu_type_id) (${metric}{${ACCOUNT},${selection}})`;
const cpuPrices = tables({
  title: 'CPU prices and stock',
  about: 'List price of one virtual CPU for an hour, and the availability of each CPU type.',
  labels: [{ label: 'cpu_type_id', title: 'CPU' }],
  sort: 'Secure cloud',
  values: [
    {
      title: 'Secure cloud',
      unit: 'currencyUSD',
      decimals: 3,
      width: 140,
      expr: perCpu('runpod_cpu_price_dollars_per_hour', 'cloud="secure"'),
    },
    {
      title: 'Serverless',
      unit: 'currencyUSD',
      decimals: 3,
      width: 100,
      expr: perCpu('runpod_cpu_price_dollars_per_hour', 'cloud="serverless"'),
    },
    {
      title: 'Stock for pods',
      unit: 'none',
      width: 130,
      words: STOCK,
      expr: perCpu('runpod_cpu_stock_level', 'product="pod"'),
    },
    {
      title: 'Stock for Serverless',
      unit: 'none',
      width: 180,
      words: STOCK,
      expr: perCpu('runpod_cpu_stock_level', 'product="serverless"'),
    },
  ],
});
const types = (type: string, filter = '') =>
  `count by (data_center_id) (max by (data_center_id, ${type}_type_id) (runpod_data_center_${type}_stock_level{${ACCOUNT}})${filter})`;
const places = tables({
  title: 'Stock by data center',
  about: 'How many types of GPUs and of CPUs each data center offers, and how many of them are in stock.',
  labels: [{ label: 'data_center_id', title: 'Data center' }],
  sort: 'GPUs in stock',
  values: [
    { title: 'GPUs in stock', unit: 'none', width: 120, expr: types('gpu', ' > 0') },
    { title: 'GPUs offered', unit: 'none', width: 120, expr: types('gpu') },
    { title: 'CPUs in stock', unit: 'none', width: 120, expr: types('cpu', ' > 0') },
    { title: 'CPUs offered', unit: 'none', width: 120, expr: types('cpu') },
  ],
});
export const podsPage: Page = {
  uid: 'runpod-pods',
  title: 'Pods',
  about: 'Pods: utilization, cost, idle pods.',
  variables: ['pod'],
  sections: [
    { lines: [top, side(10, pods), side(5, idle, left)] },
    {
      title: `GPUs: the ${WORST} pods with the highest average in the time range`,
      lines: [
        side(
          8,
          graph({
            title: 'GPU utilization',
            about: 'Average utilization of the GPUs of a pod.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: highest(mean('runpod_pod_gpu_utilization_ratio'), 'runpod_pod_gpu_utilization_ratio'),
          }),
          graph({
            title: 'GPU memory',
            about: 'Average used share of the GPU memory of a pod.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: highest(mean('runpod_pod_gpu_memory_utilization_ratio'), 'runpod_pod_gpu_memory_utilization_ratio'),
          }),
        ),
        side(
          8,
          graph({
            title: 'Temperature',
            about: 'Average temperature of the GPUs of a pod.',
            unit: 'celsius',
            long: true,
            queries: highest(perPod('runpod_pod_gpu_temperature_celsius'), 'runpod_pod_gpu_temperature_celsius'),
            thresholds: rising(HOT),
          }),
          graph({
            title: 'Power',
            about: 'Average power draw of the GPUs of a pod.',
            unit: 'watt',
            long: true,
            queries: highest(perPod('runpod_pod_gpu_power_watts'), 'runpod_pod_gpu_power_watts'),
          }),
        ),
      ],
    },
    {
      title: `Container and cost: the ${WORST} pods with the highest average in the time range`,
      lines: [
        side(
          8,
          graph({
            title: 'CPU',
            about: 'Utilization of the CPUs of a pod.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: highest(perPod('runpod_pod_cpu_utilization_ratio'), 'runpod_pod_cpu_utilization_ratio'),
          }),
          graph({
            title: 'Memory',
            about: 'Used share of the memory of a pod.',
            unit: 'percentunit',
            max: 1,
            long: true,
            queries: highest(perPod('runpod_pod_memory_utilization_ratio'), 'runpod_pod_memory_utilization_ratio'),
          }),
        ),
        side(
          8,
          graph({
            title: 'Cost',
            about: 'Cost of the running pods in dollars per hour.',
            unit: 'currencyUSD',
            stacked: true,
            steps: true,
            long: true,
            queries: highest(perPod('runpod_pod_cost_dollars_per_hour'), 'runpod_pod_cost_dollars_per_hour'),
          }),
        ),
      ],
    },
    { title: 'Clusters', collapsed: true, lines: [side(5, clusters), side(8, members)] },
    optional('Market', '--collector.market', side(10, prices), side(8, cpuPrices, places)),
  ],
};
