// A Prometheus data source that returns frames like Grafana's own data source, which needs Grafana's server and is not published
// separately.

import * as data from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { from } from 'rxjs';
import { interpolate, panelOf } from './inject';
import { parameters, status, type QueryStatus } from './status';

/** The scrape interval of the data source, in seconds. */
const SCRAPE = Number(parameters.get('scrape') ?? 15);

async function ask(path: string, parameters: Record<string, string>): Promise<any> {
  const answer = await (await fetch(`/prometheus${path}?${new URLSearchParams(parameters)}`)).json();
  if (answer.status !== 'success') throw new Error(`${answer.error}: ${parameters.query}`);
  return answer.data;
}

const escape = (text: string) => text.replace(/[\\^$*{}[\]'+?.()|]/g, '\\\\$&');
/** The values of a variable as a regular expression. */
const format = (value: string | string[]) =>
  Array.isArray(value)
    ? value.length > 1
      ? `(${value.map(escape).join('|')})`
      : escape(value[0] ?? '')
    : value === '.+'
      ? value
      : escape(value);

const seconds = (text?: string) => (text ? data.rangeUtil.intervalToMs(text) / 1000 : 0);

function expand(target: any, request: any, step: number): string {
  const scrape = seconds(target.interval) || SCRAPE;
  const range = (request.range.to.valueOf() - request.range.from.valueOf()) / 1000;
  const text = target.expr
    .replaceAll('$__rate_interval', `${Math.max(step + scrape, 4 * scrape)}s`)
    .replaceAll('$__interval', `${step}s`)
    .replaceAll('$__range', `${Math.round(range)}s`);
  return interpolate(text, request.scopedVars, format);
}

const legend = (target: any, labels: Record<string, string>) =>
  target.legendFormat
    ? target.legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_: string, name: string) => labels[name] ?? '')
    : JSON.stringify(labels);

const bound = (le: string) => (le === '+Inf' ? Infinity : Number(le));

class Prometheus extends data.DataSourceApi {
  async testDatasource() {
    return { status: 'success', message: '' } as any;
  }

  query(request: any): any {
    return from(this.run(request));
  }

  private async run(request: any) {
    const frames: data.DataFrame[] = [];
    const errors: { message: string; refId: string }[] = [];
    const start = request.range.from.valueOf() / 1000;
    const end = request.range.to.valueOf() / 1000;
    for (const target of request.targets) {
      const least = seconds(target.interval) || SCRAPE;
      const step = Math.max(least, Math.ceil((end - start) / (request.maxDataPoints || 300) / least) * least);
      const expr = expand(target, request, step);
      const time = target.instant ? { time: String(end) } : { start: String(start), end: String(end), step: String(step) };
      const path = target.instant ? '/api/v1/query' : '/api/v1/query_range';
      const query: QueryStatus = {
        panel: panelOf(request.scopedVars),
        expr,
        path,
        parameters: { query: expr, ...time },
        series: 0,
      };
      status.queries.push(query);
      try {
        const found = await ask(path, query.parameters!);
        const result = found.resultType === 'scalar' ? [{ metric: {}, value: found.result }] : found.result;
        query.series = result.length;
        frames.push(
          ...(target.format === 'table' ? [table(target, result, request.targets.length)] : lines(target, result, step)),
        );
      } catch (error) {
        query.error = String(error);
        errors.push({ message: String(error), refId: target.refId });
      }
    }
    return { data: frames, errors: errors.length > 0 ? errors : undefined };
  }

  async metricFindQuery(request: any, options: any) {
    const { from, to } = options.range;
    const text = interpolate(request.query ?? request, options.scopedVars, format).replaceAll(
      '$__range',
      `${Math.round((to.valueOf() - from.valueOf()) / 1000)}s`,
    );
    const query = { expr: text, series: 0 };
    status.queries.push(query);
    const choices = await this.choices(text, from.valueOf() / 1000, to.valueOf() / 1000);
    query.series = choices.length;
    return choices;
  }

  /** The options of a variable in a time range: those of the present may be others. */
  private async choices(text: string, start: number, end: number): Promise<{ text: string }[]> {
    const values = /^label_values\((.+), (\w+)\)$/s.exec(text);
    if (values) {
      const range = { 'match[]': values[1]!, start: String(start), end: String(end) };
      const found: string[] = await ask(`/api/v1/label/${values[2]}/values`, range);
      return found.map((value) => ({ text: value }));
    }
    const result = /^query_result\((.+)\)$/s.exec(text);
    if (!result) throw new Error(`invalid variable query: ${text}`);
    const found = (await ask('/api/v1/query', { query: result[1]!, time: String(end) })).result;
    return found.map(({ metric: { __name__ = '', ...labels }, value }: any) => ({
      text: `${__name__}{${Object.entries(labels)
        .map(([name, label]) => `${name}="${label}"`)
        .join(',')}} ${value[1]} ${value[0] * 1000}`,
    }));
  }
}

function table(target: any, result: any[], targets: number): data.DataFrame {
  const labels = [...new Set(result.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const column = (name: string, type: data.FieldType, values: unknown[]) => ({ name, type, values, config: {} });
  return data.toDataFrame({
    refId: target.refId,
    fields: [
      column(
        'Time',
        data.FieldType.time,
        result.map(({ value }) => value[0] * 1000),
      ),
      ...labels.map((label) =>
        column(
          label,
          data.FieldType.string,
          result.map(({ metric }) => metric[label] ?? ''),
        ),
      ),
      column(
        targets > 1 ? `Value #${target.refId}` : 'Value',
        data.FieldType.number,
        result.map(({ value }) => Number(value[1])),
      ),
    ],
  });
}

function lines(target: any, result: any[], step: number): data.DataFrame[] {
  const heat = target.format === 'heatmap';
  const sorted = heat ? [...result].sort((a, b) => bound(a.metric.le) - bound(b.metric.le)) : result;
  return sorted.map(({ metric, values, value }) => {
    const points: [number, string][] = values ?? [value];
    const { __name__: _, ...labels } = metric;
    const name: string = heat ? metric.le : legend(target, labels);
    return data.toDataFrame({
      name, // the color of a line follows from it
      refId: target.refId,
      fields: [
        {
          name: 'Time',
          type: data.FieldType.time,
          values: points.map(([time]) => time * 1000),
          config: { interval: step * 1000 },
        },
        {
          name: 'Value',
          type: data.FieldType.number,
          values: points.map(([, v]) => Number(v)),
          labels,
          config: { displayNameFromDS: name },
        },
      ],
    });
  });
}

const settings = {
  id: 1,
  uid: 'prometheus',
  name: 'Prometheus',
  type: 'prometheus',
  url: '',
  access: 'proxy',
  jsonData: {},
  readOnly: true,
  isDefault: true,
  meta: { id: 'prometheus', name: 'Prometheus', info: { logos: { small: '', large: '' } } },
} as any;
const source = new Prometheus(settings);
setDataSourceSrv({
  get: async () => source,
  getList: () => [settings],
  getInstanceSettings: () => settings,
  reload() {},
} as any);

/** Whether this is the query of an annotation. */
export const annotation = async (expr: string, time: number) => ask('/api/v1/query', { query: expr, time: String(time) });
