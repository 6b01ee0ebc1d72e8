// Where the workers are, how they start, and what release they run.

import { bad } from '../../kit/colors.js';
import { side } from '../../kit/page.js';
import { graph } from '../../kit/panels.js';
import { ofEndpoints, perEndpoint } from '../../kit/promql.js';
import { line } from '../../kit/query.js';
import { tables } from '../../kit/table.js';
import { sum } from './parts.js';

export const placed = tables({
  title: 'Worker locations',
  about: 'Active workers by GPU, data center and state; a worker waiting for a GPU has no location.',
  empty: 'no workers',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'gpu_type_id', title: 'GPU', width: 190 },
    { label: 'data_center_id', title: 'Data center', width: 100 },
    { label: 'state', title: 'State', width: 100 },
  ],
  hide: ['account', 'endpoint_id'],
  sort: 'Workers',
  values: [
    {
      title: 'Workers',
      unit: 'none',
      width: 80,
      expr: `max by (account, endpoint_id, endpoint_name, gpu_type_id, data_center_id, state) (${ofEndpoints('runpod_workers_placed')})`,
    },
  ],
});

export const starts = graph({
  title: 'Configured and ready workers',
  about: 'Workers that can take a job, standby workers that are kept warm, and the configured minimum and maximum.',
  unit: 'short',
  steps: true,
  queries: [
    line(sum('runpod_workers_ready'), 'ready'),
    line(sum('runpod_workers_standby'), 'standby'),
    line(sum('runpod_workers_min'), 'min'),
    line(sum('runpod_workers_max'), 'max'),
  ],
});

export const rollout = graph({
  title: 'Releases',
  about: 'Active workers on the latest release and on older releases.',
  unit: 'short',
  stacked: true,
  steps: true,
  queries: [
    line(sum('runpod_endpoint_rollout_workers', 'on_latest="true"'), 'latest release'),
    line(sum('runpod_endpoint_rollout_workers', 'on_latest="false"'), 'older releases'),
  ],
});

export const configured = tables({
  title: 'Configuration',
  about: 'Configuration of the selected endpoints, and how many workers run an older release.',
  labels: [
    { label: 'endpoint_name', title: 'Endpoint' },
    { label: 'gpu_types', title: 'GPUs' },
    { label: 'data_centers', title: 'Data centers' },
    { label: 'scaler', title: 'Scaler', width: 120 },
  ],
  hide: ['account', 'endpoint_id'],
  sort: 'Endpoint',
  ascending: true,
  values: [
    {
      title: '',
      unit: 'none',
      expr: `max by (account, endpoint_id, endpoint_name, gpu_types, data_centers, scaler) (${ofEndpoints('runpod_endpoint_info')})`,
    },
    {
      title: 'Idle timeout',
      unit: 's',
      width: 100,
      expr: perEndpoint('runpod_endpoint_idle_timeout_seconds'),
    },
    {
      title: 'Execution timeout',
      unit: 's',
      width: 140,
      expr: perEndpoint('runpod_endpoint_execution_timeout_seconds'),
    },
    {
      title: 'Age',
      unit: 's',
      decimals: 0,
      width: 90,
      expr: `time() - ${perEndpoint('runpod_endpoint_created_timestamp_seconds')}`,
    },
    {
      title: 'Stale workers',
      unit: 'none',
      width: 110,
      thresholds: bad('orange'),
      expr: perEndpoint('runpod_workers_stale'),
    },
  ],
});

const WORKER = 'account, endpoint_id, endpoint_name, worker_id';

export const each = side(
  9,
  tables({
    title: 'Workers',
    about: 'Each active worker when it was last listed.',
    empty: '--collector.workers.each is off, or there are no workers',
    labels: [
      { label: 'worker_id', title: 'Worker', width: 160 },
      { label: 'endpoint_name', title: 'Endpoint' },
      { label: 'state', title: 'State', width: 110 },
      { label: 'gpu_type_id', title: 'GPU', width: 220 },
      { label: 'data_center_id', title: 'Data center', width: 110 },
      { label: 'version', title: 'Release', width: 90 },
      { label: 'stale', title: 'Older release', width: 110 },
    ],
    hide: ['account', 'endpoint_id'],
    sort: 'Uptime',
    values: [
      {
        title: '',
        unit: 'none',
        expr: `max by (${WORKER}, state, gpu_type_id, data_center_id, version, stale) (${ofEndpoints('runpod_worker_info')})`,
      },
      {
        title: 'Uptime',
        unit: 's',
        decimals: 1,
        width: 110,
        expr: `max by (${WORKER}) (${ofEndpoints('runpod_worker_uptime_seconds')})`,
      },
    ],
  }),
);
