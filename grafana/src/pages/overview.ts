// All accounts and endpoints: what needs attention.

import { bad, falling, rising } from '../kit/colors.js';
import { AGE, LIVE, defaults } from '../kit/limits.js';
import { side, type Page } from '../kit/page.js';
import { stats } from '../kit/panels.js';
import { ACCOUNT, NO_JOBS, alerts, errorRatioOfAll, health, perEndpoint, runway } from '../kit/promql.js';
import { lines, workers } from './overview/graphs.js';
import { accounts, endpoints, firing } from './overview/tables.js';

/** 0 while any account can be read, otherwise no series: tells "none" from "unknown". */
const zero = `0 * count(runpod_up{${ACCOUNT}})`;

/** The number of endpoints in a state; 0 if others are known. */
const inState = (state: number) => `count((${health}) == ${state}) or 0 * count((${health}) >= 0)`;

const top = side(
  3,
  stats({
    title: 'Unhealthy',
    about: 'Endpoints whose users get no answers. The table below says why.',
    unit: 'none',
    expr: inState(0),
    thresholds: bad(),
    loud: true,
  }),
  stats({
    title: 'Degraded',
    about: 'Endpoints whose users get answers late, or errors for some of their jobs. The table below says why.',
    unit: 'none',
    expr: inState(1),
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'Critical alerts',
    about: 'Firing alerts that need attention now.',
    unit: 'none',
    expr: `count(${alerts('critical')}) or ${zero}`,
    thresholds: bad(),
    loud: true,
  }),
  stats({
    title: 'Warnings',
    about: 'Firing alerts that need attention today; a warning whose critical alert fires too is not counted.',
    unit: 'none',
    expr: `count(${alerts('warning')}) or ${zero}`,
    thresholds: bad('orange'),
    loud: true,
  }),
  stats({
    title: 'Jobs queued',
    about: 'Jobs waiting for a worker, over all endpoints.',
    unit: 'none',
    expr: `sum(${perEndpoint('runpod_queue_depth')})`,
  }),
  stats({
    title: 'Failed jobs',
    about: 'Share of failed jobs in the last ten minutes, over all endpoints.',
    unit: 'percentunit',
    decimals: 2,
    expr: errorRatioOfAll,
    words: { [NO_JOBS]: { text: 'no jobs', color: 'text' } },
  }),
  stats({
    title: 'Runway',
    about: 'Time until the balance is used up at the spend of the last 30 minutes; the shortest of several accounts.',
    unit: 'h',
    decimals: 1,
    expr: `min(${runway})`,
    thresholds: falling(defaults('balance_runway_hours')),
  }),
  stats({
    title: 'Data age',
    about: 'Age of the oldest data that is read at every scrape: endpoints, queues and workers, pods, account.',
    unit: 's',
    decimals: 0,
    expr: `time() - min(max by (account, collector) (runpod_collector_data_timestamp_seconds{${ACCOUNT},collector=~"${LIVE}"}))`,
    thresholds: rising(AGE),
  }),
);

export const overview: Page = {
  uid: 'runpod-overview',
  title: 'Overview',
  about: 'All accounts and endpoints: what needs attention, load, errors, latency and cost.',
  variables: ['endpoint'],
  sections: [
    { lines: [top, side(9, endpoints), { height: 7, panels: [firing, accounts], widths: [11, 13] }] },
    { title: 'Over time', lines: [...lines, side(8, workers)] },
  ],
};
