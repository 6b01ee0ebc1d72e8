// Machines that the accounts rent out.

import { optional, side } from '../../kit/page.js';
import { stats } from '../../kit/panels.js';
import { ACCOUNT, account } from '../../kit/promql.js';
import { silent, tables } from '../../kit/table.js';

const machine = (metric: string, ...more: string[]) =>
  `max by (account, machine_id, machine_name) (${metric}{${[ACCOUNT, ...more].join(',')}})`;
const dollars = (metric: string) =>
  `sum by (account, machine_id, machine_name) (max by (account, machine_id, machine_name, resource) (${metric}{${ACCOUNT}}))`;
const MAINTENANCE = { 0: { text: 'no' }, 1: { text: 'yes', color: 'orange' } };
const YES_NO = { 0: { text: 'no' }, 1: { text: 'yes' } };

const machines = tables({
  title: 'Machines',
  about: 'Machines that are rented out: state, rented GPUs, price and earnings.',
  labels: [
    { label: 'machine_name', title: 'Machine' },
    { label: 'gpu_type_id', title: 'GPU', width: 190 },
    { label: 'location', title: 'Location', width: 80 },
  ],
  hide: ['account', 'machine_id'],
  sort: 'Today',
  values: [
    silent(`max by (account, machine_id, machine_name, gpu_type_id, location) (runpod_machine_info{${ACCOUNT}})`),
    { title: 'Listed', unit: 'none', width: 70, words: YES_NO, expr: machine('runpod_machine_listed') },
    { title: 'Verified', unit: 'none', width: 75, words: YES_NO, expr: machine('runpod_machine_verified') },
    { title: 'Maintenance', unit: 'none', width: 105, words: MAINTENANCE, expr: machine('runpod_machine_maintenance') },
    { title: 'Rented GPUs', unit: 'none', width: 100, expr: machine('runpod_machine_gpus_rented') },
    { title: 'GPUs', unit: 'none', width: 60, expr: machine('runpod_machine_gpus') },
    {
      title: '$ / GPU h',
      unit: 'currencyUSD',
      decimals: 2,
      width: 85,
      expr: machine('runpod_machine_gpu_price_dollars_per_hour'),
    },
    {
      title: 'Up, 1 week',
      unit: 'percentunit',
      decimals: 1,
      width: 95,
      expr: `min by (account, machine_id, machine_name) (runpod_machine_uptime_ratio{${ACCOUNT},window="1w"})`,
    },
    { title: 'Today', unit: 'currencyUSD', decimals: 2, width: 85, expr: dollars('runpod_machine_earned_day_dollars') },
    { title: 'Unpaid', unit: 'currencyUSD', decimals: 2, width: 85, expr: dollars('runpod_machine_balance_dollars') },
  ],
});

const unpaid = stats({
  title: 'Unpaid earnings',
  about: 'Earnings as a host that are not paid out yet.',
  unit: 'currencyUSD',
  decimals: 2,
  expr: `sum(${account('runpod_host_balance_dollars')})`,
});
export const hosts = optional('Machines that are rented out', '--collector.host', {
  ...side(6, machines, unpaid),
  widths: [20, 4],
});
