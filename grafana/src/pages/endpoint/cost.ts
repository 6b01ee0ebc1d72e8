// What the endpoint costs.

import { side } from '../../kit/page.js';
import { graph, stats } from '../../kit/panels.js';
import { ofEndpoints, perHour } from '../../kit/promql.js';
import { line } from '../../kit/query.js';
import { sum } from './parts.js';

const each = (expr: string) => `max by (account, endpoint_id) (${expr})`;
const COST = ofEndpoints('runpod_endpoint_cost_dollars_per_hour');
const COMPLETED = ofEndpoints('runpod_requests_total', 'status="completed"');

/** Dollars per thousand completed jobs over an hour, by what the workers cost; only endpoints whose cost is known. */
const byWorkers = (() => {
  const known = each(`avg_over_time(${COST}[1h])`);
  return `1000 * sum(${known}) / (sum(${each(perHour(COMPLETED, 60))} and on (account, endpoint_id) ${known}) > 0)`;
})();
/** The same over a day, by bills. The bill of the month increases like a counter. */
const byBills = (() => {
  const billed = each(`increase(${ofEndpoints('runpod_endpoint_billed_month_dollars')}[1d])`);
  return `1000 * (sum(${billed}) > 0) / (sum(${each(`increase(${COMPLETED}[1d])`)}) > 0)`;
})();
const ABOUT =
  'Cost of the running workers in an hour per thousand jobs that completed in it; if Runpod does not report it, the amount billed in a day per thousand jobs of that day.';

export const cost = {
  ...side(
    7,
    stats({
      title: 'Cost per hour',
      about: 'Cost of the workers that run now, in dollars per hour.',
      unit: 'currencyUSD',
      decimals: 2,
      expr: sum('runpod_endpoint_cost_dollars_per_hour'),
    }),
    stats({
      title: 'Billed today',
      about: 'Amount billed so far on this UTC day. Bills are an hour late.',
      unit: 'currencyUSD',
      decimals: 2,
      expr: sum('runpod_endpoint_billed_day_dollars'),
      noValue: 'no bill',
    }),
    stats({
      title: 'Billed this month',
      about: 'Amount billed so far in this UTC month.',
      unit: 'currencyUSD',
      decimals: 2,
      expr: sum('runpod_endpoint_billed_month_dollars'),
      noValue: 'no bill',
    }),
    stats({
      title: 'Cost per 1,000 jobs',
      about: ABOUT,
      unit: 'currencyUSD',
      decimals: 2,
      expr: `${byWorkers} or ${byBills}`,
      noValue: 'no jobs, or no bill yet',
    }),
    graph({
      title: 'Cost per 1,000 jobs',
      about: `${ABOUT} Bills increase once an hour, so theirs is averaged over six hours.`,
      empty: 'no jobs, or no bill yet',
      unit: 'currencyUSD',
      decimals: 2,
      queries: [line(`${byWorkers} or avg_over_time((${byBills})[6h:10m])`, 'dollars')],
    }),
  ),
  widths: [3, 3, 4, 4, 10],
};
