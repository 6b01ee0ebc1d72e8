// Refreshes the overview in place, so that focus, scroll position, selection and open details stay. Shows when the connection
// to the exporter is lost. The page also works without this script.

const PERIOD = 5_000; // shorter than any usual scrape interval; an unchanged page is not sent again
const TIMEOUT = 10_000;

const OLD = 300; // seconds after which a scrape is missing
const TYPING = 150; // pause in typing after which the filter is applied

const lost = document.getElementById('lost');
const old = document.getElementById('old');
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
let lostAt = null;
let timer = null;
let latest = 0; // number of the latest request
let typing = null;

/** Makes one element equal to another, and keeps the nodes that are equal already. */
function update(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && name !== 'open') from.setAttribute(name, value);
  }
  if (from.nodeName === 'TIME') return; // its text is an age, written by this script
  if (from.nodeName === 'BUTTON' && from.textContent === 'Copied') return;
  const named = new Map([...from.children].filter(({ id }) => id).map((child) => [child.id, child]));
  let position = from.firstChild;
  for (const next of [...to.childNodes]) {
    const twin = next.id ? named.get(next.id) : position;
    if (!twin || twin.nodeName !== next.nodeName || (twin.id ?? '') !== (next.id ?? '')) {
      from.insertBefore(document.importNode(next, true), position);
      continue;
    }
    if (twin === position) position = position.nextSibling;
    else from.insertBefore(twin, position);
    if (next.nodeType === Node.ELEMENT_NODE) update(twin, next);
    else if (twin.data !== next.data) twin.data = next.data;
  }
  while (position) {
    const following = position.nextSibling;
    position.remove();
    position = following;
  }
}

/** A duration like that of the server: in whole units, at most two of them. */
function duration(seconds) {
  const two = (large, unit, small, of) => (small ? `${large} ${unit} ${small} ${of}` : `${large} ${unit}`);
  const of = (divisor) => Math.floor(seconds / divisor);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 600) return two(of(60), 'min', seconds % 60, 's');
  if (seconds < 3_600) return `${of(60)} min`;
  if (seconds < 86_400) return two(of(3_600), 'h', of(60) % 60, 'min');
  return two(of(86_400), 'd', of(3_600) % 24, 'h');
}

const secondsSince = (time) => Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));

/** Replaces each time with its age, and shows that there was no scrape for long. */
function showAges() {
  for (const time of document.querySelectorAll('time')) {
    const age = duration(secondsSince(time));
    const text = time.classList.contains('ago') ? `${age} ago` : age;
    if (time.textContent !== text) time.textContent = text;
    time.title = time.dateTime;
  }
  const newest = Math.min(...[...document.querySelectorAll('.read time')].map(secondsSince));
  old.hidden = !(Number.isFinite(newest) && newest >= OLD) || !lost.hidden;
  const text = `The last scrape was ${duration(newest)} ago: the data below is out of date. Check that Prometheus scrapes this exporter.`;
  if (!old.hidden && old.textContent !== text) old.textContent = text;
}

function showLost() {
  lostAt ??= new Date();
  const text = `Connection to the exporter lost at ${clock.format(lostAt)}. The data below is out of date; retrying every ${PERIOD / 1000} seconds.`;
  if (lost.textContent !== text) lost.textContent = text;
  lost.hidden = false;
}

async function refresh() {
  clearTimeout(timer);
  const request = ++latest;
  try {
    const response = await fetch(location.href, { cache: 'no-cache', signal: AbortSignal.timeout(TIMEOUT) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const next = new DOMParser().parseFromString(await response.text(), 'text/html');
    if (request !== latest) return; // a newer request was sent meanwhile
    const version = (page) => page.querySelector('meta[name=version]')?.content;
    if (version(next) !== version(document)) return location.reload();
    const focused = document.activeElement;
    update(document.getElementById('content'), next.getElementById('content'));
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    document.title = next.title;
    lostAt = null;
    lost.hidden = true;
    showAges();
  } catch {
    if (request === latest) showLost();
  }
  if (request === latest) timer = setTimeout(refresh, PERIOD);
}

/** Opens what the URL names, and what contains it. */
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.querySelector('details')?.setAttribute('open', '');
  for (let element = target; element; element = element.parentElement) {
    if (element.nodeName === 'DETAILS') element.open = true;
  }
  target?.scrollIntoView({ block: 'nearest' });
}

/** Shows another view of the page without loading it. Without a connection, it appears as soon as the connection is back. */
function show(search, replace) {
  const url = location.pathname + search;
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  refresh();
}

/** The text of the filter becomes a parameter of the URL. */
function filter() {
  clearTimeout(typing);
  const parameters = new URLSearchParams(location.search);
  const text = document.getElementById('find').value.trim();
  if (text) parameters.set('find', text);
  else parameters.delete('find');
  const search = parameters.size ? `?${parameters}` : '';
  if (search !== location.search) show(search, true);
}

/** Copies a text. Browsers have a clipboard only for pages from HTTPS or this machine. */
async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'hidden';
    button.after(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    button.focus({ preventScroll: true });
    if (!copied) return;
  }
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = 'Copy'), 1_500);
}

document.documentElement.classList.add('scripted');
document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-copy]');
  if (button) return copy(button);
  const link = event.target.closest('a[data-view]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const { search } = new URL(link.href);
  document.getElementById('find').value = new URLSearchParams(search).get('find') ?? '';
  show(search, false);
});
document.addEventListener('input', (event) => {
  if (event.target.id !== 'find') return;
  clearTimeout(typing);
  typing = setTimeout(filter, TYPING);
});
document.addEventListener('submit', (event) => {
  event.preventDefault();
  filter();
});
addEventListener('popstate', () => {
  const find = document.getElementById('find');
  if (find) find.value = new URLSearchParams(location.search).get('find') ?? '';
  refresh();
});
addEventListener('hashchange', reveal);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});

showAges();
reveal();
setInterval(showAges, 1_000);
timer = setTimeout(refresh, PERIOD);
