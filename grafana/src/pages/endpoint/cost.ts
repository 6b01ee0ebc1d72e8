// What the endpoint costs.

import { side } from '../../kit/page.js';
import { graph, stats } from '../../kit/panels.js';
import { ofEndpoints } from '../../kit/promql.js';
import { line } from '../../kit/query.js';
import { sum } from './parts.js';

/** Dollars per thousand completed jobs over a day. The bill of the month increases like a counter. */
const perThousand = (() => {
  const billed = `sum(max by (account, endpoint_id) (increase(${ofEndpoints('runpod_endpoint_billed_month_dollars')}[1d])))`;
  const jobs = `sum(max by (account, endpoint_id) (increase(${ofEndpoints('runpod_requests_total', 'status="completed"')}[1d])))`;
  return `1000 * (${billed} > 0) / (${jobs} > 0)`;
})();

export const cost = {
  ...side(
    7,
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
      about: 'Amount billed in the last day per thousand jobs that completed in it.',
      unit: 'currencyUSD',
      decimals: 2,
      expr: perThousand,
      noValue: 'no bill yet',
    }),
    graph({
      title: 'Cost per 1,000 jobs',
      about:
        'Amount billed in a day per thousand jobs that completed in it, averaged over six hours, because bills increase once an hour.',
      empty: 'no bill yet',
      unit: 'currencyUSD',
      decimals: 2,
      queries: [line(`avg_over_time((${perThousand})[6h:10m])`, 'dollars')],
    }),
  ),
  widths: [4, 4, 4, 12],
};
