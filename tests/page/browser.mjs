// A headless Chromium that collects console messages and requests to other servers.

import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PATHS.find(existsSync);
  if (!executablePath) throw new Error('no Chromium: run scripts/tools.sh, or set CHROMIUM to its path');
  // Without a sandbox, because the tests may run as root.
  return puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Opens a page. `problems` contains its errors and warnings, and its requests to other servers. */
export async function open(browser, url, { width = 1280, scheme = 'light', script = true, still = false } = {}) {
  const tab = await browser.newPage();
  const problems = [];
  tab.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) problems.push(message.text());
  });
  tab.on('pageerror', (error) => problems.push(error.message));
  tab.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) problems.push(`request to ${request.url()}`);
  });
  await tab.setJavaScriptEnabled(script);
  // Disables timers, so that all changes of the page are caused by the test.
  if (still) await tab.evaluateOnNewDocument(() => (globalThis.setTimeout = () => 0));
  await tab.setViewport({ width, height: 900 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.goto(url);
  return { tab, problems };
}
