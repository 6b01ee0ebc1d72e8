// Refreshes the overview in place, so that focus, scroll position, selection and open details stay. Shows when the connection
// to the exporter is lost. The page also works without this script.

const PERIOD = 5_000; // shorter than any usual scrape interval; an unchanged page is not sent again
const TIMEOUT = 10_000;

const lost = document.getElementById('lost');
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
let lostAt = null;
let timer = null;
let latest = 0; // number of the latest request

/** Makes one element equal to another, and keeps the nodes that are equal already. */
function update(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && name !== 'open') from.setAttribute(name, value);
  }
  if (from.nodeName === 'TIME') return; // its text is an age, written by this script
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

/** Replaces each time with its age. */
function showAges() {
  for (const time of document.querySelectorAll('time')) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time.dateTime)) / 1000));
    const text =
      seconds < 120
        ? `${seconds} s ago`
        : seconds < 7_200
          ? `${Math.round(seconds / 60)} min ago`
          : `${Math.round(seconds / 3_600)} h ago`;
    if (time.textContent !== text) time.textContent = text;
    time.title = time.dateTime;
  }
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

/** Opens the finding that the URL names, and the groups that contain it. */
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.querySelector('details')?.setAttribute('open', '');
  for (let element = target; element; element = element.parentElement) {
    if (element.nodeName === 'DETAILS') element.open = true;
  }
  target?.scrollIntoView({ block: 'nearest' });
}

// Sorting links refresh in place. Without a connection, the order changes as soon as the connection is back.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-sort]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  history.pushState(null, '', new URL(link.href).search);
  refresh();
});
addEventListener('popstate', refresh);
addEventListener('hashchange', reveal);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});

showAges();
reveal();
setInterval(showAges, 1_000);
timer = setTimeout(refresh, PERIOD);
