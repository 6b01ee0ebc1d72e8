// A headless Chromium, and what every page in it must be: silent in the console, and content with its own server.

import { existsSync } from 'node:fs';
import puppeteer from 'puppeteer-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(existsSync);
  if (!executablePath) throw new Error('no Chromium: run scripts/tools.sh, or set CHROMIUM to where it is');
  // Without a sandbox of its own: the tests run in one, often as root.
  return puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Opens a page; `complaints` has what it says in the console, and whom else it asks. */
export async function open(browser, url, { width = 1280, scheme = 'light', script = true, still = false } = {}) {
  const tab = await browser.newPage();
  const complaints = [];
  tab.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(url).origin) complaints.push(`asks ${request.url()}`);
  });
  await tab.setJavaScriptEnabled(script);
  // A page that waits for nothing: what changes on it, somebody has caused.
  if (still) await tab.evaluateOnNewDocument(() => (globalThis.setTimeout = () => 0));
  await tab.setViewport({ width, height: 900 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.goto(url);
  return { tab, complaints };
}
