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
const names = (tab) => tab.$$eval('table.endpoints .name', (cells) => cells.map((cell) => cell.textContent));
const text = (tab, selector) => tab.$eval(selector, (element) => element.textContent);

test('endpoints are sorted by state, and by a click or key on a column', async () => {
  const exporter = await demo(await freePort());
  try {
    const { tab, problems } = await open(browser, exporter.url, { still: true });
    const byState = await names(tab);
    assert.equal(byState.length, 6);
    assert.equal(await tab.$eval('th[aria-sort]', (head) => head.textContent), 'State');

    await tab.click('th a[href*="sort=name"]');
    await until('they are sorted by name', async () => `${await names(tab)}` === `${byState.toSorted()}`);
    assert.match(tab.url(), /sort=name&order=asc/);
    assert.equal(await tab.$eval('th[aria-sort=ascending]', (head) => head.textContent), 'Endpoint');

    await tab.focus('th a[href*="sort=name"]');
    await tab.keyboard.press('Enter');
    await until('the order is reversed', async () => `${await names(tab)}` === `${byState.toSorted().reverse()}`);
    const focused = await tab.evaluate(() => document.activeElement.textContent);
    assert.equal(focused, 'Endpoint', 'the focus is kept');

    const row = await tab.$$eval('table.endpoints .links a', (links) => {
      links.at(-1).focus(); // its row moves
      return links.at(-1).closest('tbody').id;
    });
    await tab.goBack();
    await until('the browser goes back', async () => `${await names(tab)}` === `${byState.toSorted()}`);
    assert.equal(await tab.evaluate(() => document.activeElement.closest('tbody')?.id), row, 'the focus moves with its row');

    assert.deepEqual(problems, []);
  } finally {
    await exporter.stop();
  }
});

test('the filters by text and by state apply while typing, and stay when the page refreshes', async () => {
  const exporter = await demo(await freePort());
  try {
    const { tab, problems } = await open(browser, exporter.url);
    const all = (await names(tab)).length;
    await tab.type('#find', 'LLAMA');
    await until('one endpoint is left', async () => `${await names(tab)}` === 'llama-3-70b');
    assert.match(tab.url(), /\?find=LLAMA$/);
    assert.equal(await tab.evaluate(() => document.activeElement.id), 'find', 'the focus is kept');
    const taken = () => tab.$eval('.read time', ({ dateTime }) => dateTime);
    const first = await taken();
    await until('there is a new scrape', async () => (await taken()) !== first);
    assert.deepEqual(await names(tab), ['llama-3-70b'], 'the filter stays');
    assert.equal(await tab.$eval('#find', ({ value }) => value), 'LLAMA');

    await tab.type('#find', ' nothing');
    await until('none is left', () => tab.$('#none'));
    await tab.click('#none a');
    await until('all are back', async () => (await names(tab)).length === all);
    assert.equal(await tab.$eval('#find', ({ value }) => value), '');
    assert.equal(new URL(tab.url()).search, '');

    const [healthy] = await tab.$$('.states a.healthy');
    const count = Number(await healthy.$eval('.count', ({ textContent }) => textContent));
    await healthy.click();
    await until('the healthy ones are left', async () => (await names(tab)).length === count);
    assert.equal(await text(tab, '.states [aria-current]'), `healthy ${count}`);
    await tab.goBack();
    await until('the browser goes back', async () => (await names(tab)).length === all);
    await tab.focus('#find');
    await tab.keyboard.type('sdxl');
    await tab.keyboard.press('Enter');
    await until('Enter applies it at once', async () => `${await names(tab)}` === 'sdxl-turbo');
    assert.deepEqual(problems, []);
  } finally {
    await exporter.stop();
  }
});

test('ids and commands are copied', async () => {
  const exporter = await demo(await freePort(), '--scene=crash-loop');
  try {
    const { tab, problems } = await open(browser, exporter.url);
    await until('a command is advised', () => tab.$('.command + .copy'));
    const origin = new URL(exporter.url).origin;
    await browser.defaultBrowserContext().overridePermissions(origin, ['clipboard-read', 'clipboard-write']);
    const copied = async (selector) => {
      await tab.bringToFront();
      await tab.click(selector);
      await until('the button says so', async () => (await text(tab, selector)) === 'Copied');
      return tab.evaluate(() => navigator.clipboard.readText());
    };
    const id = await text(tab, 'table.endpoints .links code');
    assert.equal(await copied('table.endpoints .links .copy'), id);
    assert.equal(await copied('.command + .copy'), `runpod-exporter logs ${id} --level=error`);
    // Like a page from another machine without HTTPS.
    await tab.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'))));
    await until('the button is ready again', async () => (await text(tab, 'table.endpoints .links .copy')) === 'Copy');
    assert.equal(await copied('table.endpoints .links .copy'), id);
    assert.equal(await tab.evaluate(() => document.activeElement.className), 'copy', 'the focus is kept');
    assert.equal(await tab.$('textarea'), null);
    assert.deepEqual(problems, []);
  } finally {
    await exporter.stop();
  }
});

test('the headline leads to the worst endpoint, its finding to its runbook, and back', async () => {
  const exporter = await demo(await freePort(), '--scene=crash-loop');
  try {
    const { tab, problems } = await open(browser, exporter.url);
    await until('the endpoint has a cause', () => tab.$('.headline a[href^="#e-"]'));
    const row = await tab.$eval('.headline a', (link) => link.getAttribute('href'));
    await tab.$$eval('details', (all) => all.forEach((details) => (details.open = false)));
    await tab.click('.headline a');
    await until('the finding is open', () => tab.$eval(`${row} details`, ({ open }) => open));
    assert.ok((await tab.$$(`${row} .steps li`)).length > 0, 'it has recommendations');
    assert.equal(await text(tab, `${row} .name`), await text(tab, '.headline a'));
    assert.equal((await names(tab))[0], await text(tab, '.headline a'), 'the worst is the first');

    await Promise.all([tab.waitForNavigation(), tab.click(`${row} a[href^="docs/runbooks/"]`)]);
    assert.match(tab.url(), /docs\/runbooks\/Runpod\w+(\.md)?$/);
    assert.match(await text(tab, 'h1'), /Runpod/);
    await Promise.all([tab.waitForNavigation(), tab.click('nav a')]);
    assert.equal(tab.url(), exporter.url);
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
    const taken = () => tab.$eval('.read time', ({ dateTime }) => dateTime);
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

test('sorting and filtering work without scripts', async () => {
  const exporter = await demo(await freePort());
  try {
    const { tab } = await open(browser, exporter.url, { script: false });
    await Promise.all([tab.waitForNavigation(), tab.click('th a[href*="sort=name"]')]);
    const sorted = await names(tab);
    assert.deepEqual(sorted, sorted.toSorted());
    assert.equal(sorted.length, 6);
    assert.equal(await tab.$eval('.copy', (button) => getComputedStyle(button).display), 'none');
    await tab.type('#find', 'llama');
    await Promise.all([tab.waitForNavigation(), tab.click('.search button')]);
    assert.deepEqual(await names(tab), ['llama-3-70b']);
    assert.match(tab.url(), /find=llama&sort=name/);
    await Promise.all([tab.waitForNavigation(), tab.click('.states a')]);
    assert.match(tab.url(), /find=llama&state=all/);
  } finally {
    await exporter.stop();
  }
});
