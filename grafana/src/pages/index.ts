import type { Page } from '../kit/page.js';
import { cost } from './cost.js';
import { endpoint } from './endpoint.js';
import { exporter } from './exporter.js';
import { overview } from './overview.js';
import { podsPage } from './pods.js';
import { workloads } from './workloads.js';

export const pages: readonly Page[] = [overview, endpoint, podsPage, workloads, cost, exporter];
