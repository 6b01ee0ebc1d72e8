// Renders dashboards in Chromium with data from a running Prometheus, saves pictures and checks the panels.
//
//   node run.mjs OUT PROMETHEUS_PORT [--from now-6h] [--to now] [--scrape 15] [--empty] [--expand] [--theme light] [--width 390] [--height 1600]
//       [--var-endpoint ID]... DASHBOARD.json...
//
// --expand opens closed rows. --height is the maximum: what is below is cut off. OUT/ID.json lists the texts that panels show, for comparisons.
// A panel that shows an error fails. A panel without data fails if Prometheus has all of its series, unless it is listed as one that
// may be empty. With --empty, panels may be empty but must not show errors.

import { readFileSync, createReadStream, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import puppeteer from 'puppeteer-core';
import { families } from '../.build/check/promql.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    from: { type: 'string' },
    to: { type: 'string' },
    scrape: { type: 'string' },
    empty: { type: 'boolean' },
    expand: { type: 'boolean' },
    theme: { type: 'string' },
    width: { type: 'string', default: '1600' },
    height: { type: 'string', default: '6000' },
    'var-account': { type: 'string', multiple: true },
    'var-endpoint': { type: 'string', multiple: true },
    'var-pod': { type: 'string', multiple: true },
  },
});
const [out, port, ...dashboards] = positionals;

/** Panels that may be empty, with the reason. */
const mayBeEmpty = JSON.parse(readFileSync(path.join(import.meta.dirname, '../may-be-empty.json'), 'utf8')).panels;
const width = Number(options.width);
const background = options.theme === 'light' ? '#f4f5f5' : '#111217';
const PATIENCE = 30_000;
const chromium =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

const page = `<!doctype html><meta name=viewport content="width=device-width"><link rel=stylesheet href=/main.css><body style="margin:0;background:${background}"><div id=root style="min-height:100vh;display:flex;flex-direction:column"></div><script src=/main.js></script>`;
const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file =
    dashboards.find((name) => pathname === `/${path.basename(name)}`) ??
    path.join(import.meta.dirname, 'dist', path.basename(pathname));
  if (pathname.startsWith('/prometheus/')) {
    const target = { host: '127.0.0.1', port, path: request.url.slice('/prometheus'.length), method: request.method };
    request.pipe(http.request(target, (answer) => answer.pipe(response.writeHead(answer.statusCode, answer.headers))));
  } else if (pathname === '/') {
    response.setHeader('content-type', 'text/html').end(page);
  } else if (pathname.endsWith('.svg')) {
    response.setHeader('content-type', 'image/svg+xml').end('<svg xmlns="http://www.w3.org/2000/svg"/>'); // the npm packages contain no icons
  } else if (existsSync(file)) {
    createReadStream(file).pipe(
      response.setHeader('content-type', pathname.endsWith('.css') ? 'text/css' : 'application/javascript'),
    );
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const origin = `http://127.0.0.1:${server.address().port}`;

const there = new Set((await (await fetch(`http://127.0.0.1:${port}/api/v1/label/__name__/values`)).json()).data);
const missing = (exprs) => exprs.flatMap(families).filter((name) => !there.has(name) && !there.has(`${name}_bucket`));

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function open(browser, file) {
  const board = JSON.parse(readFileSync(file, 'utf8'));
  const panels = board.panels.flatMap((p) => (p.type !== 'row' ? [p] : options.expand ? (p.panels ?? []) : []));
  const problems = [];
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 600 });
  const query = new URLSearchParams({ dashboard: `/${path.basename(file)}` });
  for (const [name, value] of Object.entries(options)) for (const one of [value].flat()) query.append(name, one);
  await tab.goto(`${origin}/?${query}`);
  const drawn = () =>
    tab.evaluate(() => Object.values(window.rendering?.panels ?? {}).filter(({ state }) => state !== 'Loading').length);
  for (let waited = 0; waited < PATIENCE && (await drawn()) < panels.length; waited += 250) await sleep(250);
  // The lowest panel or row; the content of a panel may be longer and scrolls.
  const height = await tab.evaluate(() =>
    Math.max(
      ...[...document.querySelectorAll('#root *')]
        .filter((element) => !element.parentElement.closest('section'))
        .map((element) => element.getBoundingClientRect().bottom),
    ),
  );
  await tab.setViewport({ width, height: Math.min(Math.max(height + 16, 600), Number(options.height)) });
  await sleep(1500);
  const status = await tab.evaluate(() => window.rendering);
  await tab.screenshot({ path: path.join(out, `${board.uid}.png`) });
  await tab.close();
  writeFileSync(path.join(out, `${board.uid}.json`), JSON.stringify(status, null, 1));

  problems.push(...status.errors, ...status.queries.filter(({ error }) => error).map(({ error }) => error));
  let empty = 0;
  for (const { id, title, targets } of panels) {
    const found = status.panels[id];
    if (!found) problems.push(`${title}: not rendered`);
    else if (found.state !== 'Done') problems.push(`${title}: ${found.state}`);
    else if (found.size === 0) {
      empty += 1;
      const absent = missing(targets.map(({ expr }) => expr));
      if (!options.empty && absent.length === 0 && !(title in mayBeEmpty))
        problems.push(`${title}: no data, although Prometheus has the series`);
    }
  }
  for (const problem of new Set(problems)) console.error(`${board.uid}: ${problem}`);
  console.log(`${board.uid}: ${panels.length} panels, ${empty} empty, ${problems.length} problems`);
  return problems.length;
}

mkdirSync(out, { recursive: true });
const browser = await puppeteer.launch({
  executablePath: chromium,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--proxy-server=direct://',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
});
let problems = 0;
for (const file of dashboards) problems += await open(browser, file);
await browser.close();
server.close();
process.exitCode = problems > 0 ? 1 : 0;
