// Keeps the overview fresh without flicker: what has changed is changed in place, so that focus, scroll position, selection
// and open details stay. Says when the exporter is lost, and when it is back. Without this script the page works too.

const PERIOD = 5_000; // shorter than any usual scrape interval; an answer that is the same is not sent again
const PATIENCE = 10_000;

const lost = document.getElementById('lost');
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
let lostAt = null;
let timer = null;
let asked = 0;

/** Makes one element like another, keeping what is the same. */
function become(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && name !== 'open') from.setAttribute(name, value);
  }
  if (from.nodeName === 'TIME') return; // its text is an age, made here
  const named = new Map([...from.children].filter(({ id }) => id).map((child) => [child.id, child]));
  let place = from.firstChild;
  for (const next of [...to.childNodes]) {
    const twin = next.id ? named.get(next.id) : place;
    if (!twin || twin.nodeName !== next.nodeName || (twin.id ?? '') !== (next.id ?? '')) {
      from.insertBefore(document.importNode(next, true), place);
      continue;
    }
    if (twin === place) place = place.nextSibling;
    else from.insertBefore(twin, place);
    if (next.nodeType === Node.ELEMENT_NODE) become(twin, next);
    else if (twin.data !== next.data) twin.data = next.data;
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

/** Writes how long ago each moment was. */
function age() {
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

function lose() {
  lostAt ??= new Date();
  const text = `Connection to the exporter lost at ${clock.format(lostAt)}. The data below is out of date; retrying every ${PERIOD / 1000} seconds.`;
  if (lost.textContent !== text) lost.textContent = text;
  lost.hidden = false;
}

async function refresh() {
  clearTimeout(timer);
  const question = ++asked;
  try {
    const answer = await fetch(location.href, { cache: 'no-cache', signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
    if (question !== asked) return; // another one was asked for meanwhile
    const version = (page) => page.querySelector('meta[name=version]')?.content;
    if (version(next) !== version(document)) return location.reload();
    const focused = document.activeElement;
    become(document.getElementById('content'), next.getElementById('content'));
    if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    document.title = next.title;
    lostAt = null;
    lost.hidden = true;
    age();
  } catch {
    if (question === asked) lose();
  }
  if (question === asked) timer = setTimeout(refresh, PERIOD);
}

/** Opens the finding that an address names, wherever it is folded away. */
function reveal() {
  let place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  place?.querySelector('details')?.setAttribute('open', '');
  for (let around = place; around; around = around.parentElement) {
    if (around.nodeName === 'DETAILS') around.open = true;
  }
  place?.scrollIntoView({ block: 'nearest' });
}

// Sorting is a link. Here it changes the page in place, and works while the exporter is lost as soon as it is back.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-sort]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const address = new URL(link.href);
  history.pushState(null, '', address.search);
  refresh();
});
addEventListener('popstate', refresh);
addEventListener('hashchange', reveal);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});

age();
reveal();
setInterval(age, 1_000);
timer = setTimeout(refresh, PERIOD);
