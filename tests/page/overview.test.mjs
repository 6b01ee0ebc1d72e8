// The overview in a real browser: sorting, links, refreshing, and a lost connection.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open } from './browser.mjs';
import { demo, freePort, until } from './exporter.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The names in the first column, from top to bottom. */
const names = (tab) => tab.$$eval('table.endpoints tbody th bdi', (cells) => cells.map((cell) => cell.textContent));
const text = (tab, selector) => tab.$eval(selector, (element) => element.textContent);

test('endpoints are sorted by state, and by a click or key on a column', async () => {
  const exporter = await demo(await freePort());
  try {
    const { tab, problems } = await open(browser, exporter.url, { still: true });
    const byState = await names(tab);
    assert.equal(byState.length, 6);
    assert.equal(await tab.$eval('th[aria-sort]', (head) => head.textContent), 'State');

    await tab.click('a[data-sort][href*="sort=name"]');
    await until('they are sorted by name', async () => `${await names(tab)}` === `${byState.toSorted()}`);
    assert.match(tab.url(), /sort=name&order=asc/);
    assert.equal(await tab.$eval('th[aria-sort=ascending]', (head) => head.textContent), 'Endpoint');

    await tab.focus('a[data-sort][href*="sort=name"]');
    await tab.keyboard.press('Enter');
    await until('the order is reversed', async () => `${await names(tab)}` === `${byState.toSorted().reverse()}`);
    const focused = await tab.evaluate(() => document.activeElement.textContent);
    assert.equal(focused, 'Endpoint', 'the focus is kept');

    const row = await tab.$$eval('table.endpoints tbody a', (links) => {
      links.at(-1).focus(); // its row moves
      return links.at(-1).closest('tr').id;
    });
    await tab.goBack();
    await until('the browser goes back', async () => `${await names(tab)}` === `${byState.toSorted()}`);
    assert.equal(await tab.evaluate(() => document.activeElement.closest('tr')?.id), row, 'the focus moves with its row');

    await tab.type('#find', 'LLAMA');
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
    assert.deepEqual(await names(tab), ['llama-3-70b']);
    assert.deepEqual(problems, []);
  } finally {
    await exporter.stop();
  }
});

test('links lead to the finding, to its runbook, and back', async () => {
  const exporter = await demo(await freePort(), '--scene=throttled');
  try {
    const { tab, problems } = await open(browser, exporter.url);
    const isFound = () => tab.$('table.endpoints a[href^="#f-"]');
    await until('the endpoint has a finding', isFound);
    await tab.$$eval('details', (all) => all.forEach((details) => (details.open = false)));
    const finding = await tab.$eval('table.endpoints a[href^="#f-"]', (link) => link.getAttribute('href'));
    await tab.click('table.endpoints a[href^="#f-"]');
    await until('the finding is open', () => tab.$eval(`${finding} details`, ({ open }) => open));
    assert.ok((await tab.$$(`${finding} li`)).length > 0, 'it has recommendations');

    await Promise.all([tab.waitForNavigation(), tab.click(`${finding} a[href^="docs/runbooks/"]`)]);
    assert.match(tab.url(), /docs\/runbooks\/Runpod\w+\.md$/);
    assert.match(await text(tab, 'h1'), /Runpod/);
    await Promise.all([tab.waitForNavigation(), tab.click('nav a')]);
    assert.equal(tab.url(), exporter.url);

    // Only one endpoint has a problem, so it is the first one.
    assert.equal((await names(tab))[0], await text(tab, 'ol.findings bdi'));
    for (const path of ['docs/', 'docs/dashboards.md', 'metrics', 'api/v1/status']) {
      assert.equal((await fetch(exporter.url + path)).status, 200, path);
    }
    assert.deepEqual(problems, []);
  } finally {
    await exporter.stop();
  }
});

test('with the URL of Grafana, endpoints link to their dashboards', async () => {
  const exporter = await demo(await freePort(), '--web.grafana-url=http://grafana.example/g/');
  try {
    const { tab, problems } = await open(browser, exporter.url);
    const links = await tab.$$eval('a[href^="http://grafana"]', (all) => all.map(({ href }) => href));
    assert.equal(links[0], 'http://grafana.example/g/d/runpod-overview');
    assert.equal(links.length, 7, 'one more for each endpoint');
    assert.match(links[1], /d\/runpod-endpoint\?var-account=default&var-endpoint=\w{14}$/);
    assert.deepEqual(problems, [], 'no requests to Grafana');
  } finally {
    await exporter.stop();
  }
});

test('it refreshes in place, shows a lost connection, and recovers', async () => {
  const port = await freePort();
  let exporter = await demo(port);
  try {
    const { tab } = await open(browser, exporter.url);
    const taken = () => tab.$eval('#a-0 time', ({ dateTime }) => dateTime);
    await tab.$eval('#a-0 details', (details) => (details.open = true));
    await tab.$eval('#a-0', (card) => (card.mark = 'the same'));
    const first = await taken();
    await until('there is a new scrape', async () => (await taken()) !== first);
    assert.equal(await tab.$eval('#a-0 details', ({ open }) => open), true, 'open details stay open');
    assert.equal(await tab.$eval('#a-0', ({ mark }) => mark), 'the same', 'the element was not replaced');
    assert.equal(await tab.$eval('#lost', ({ hidden }) => hidden), true);

    await exporter.stop();
    await until('the message is shown', () => tab.$eval('#lost', ({ hidden }) => !hidden));
    assert.match(await text(tab, '#lost'), /Connection to the exporter lost at \d+:\d\d/);
    assert.equal((await names(tab)).length, 6, 'the data stays');

    exporter = await demo(port);
    await until('the message is hidden', () => tab.$eval('#lost', ({ hidden }) => hidden));
    assert.notEqual(await taken(), first);
  } finally {
    await exporter.stop();
  }
});

test('sorting works without scripts', async () => {
  const exporter = await demo(await freePort());
  try {
    const { tab } = await open(browser, exporter.url, { script: false });
    await Promise.all([tab.waitForNavigation(), tab.click('a[data-sort][href*="sort=name"]')]);
    const sorted = await names(tab);
    assert.deepEqual(sorted, sorted.toSorted());
    assert.equal(sorted.length, 6);
  } finally {
    await exporter.stop();
  }
});
