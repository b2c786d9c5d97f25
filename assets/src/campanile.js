// Everything works without this file; it makes some things quicker.
import htmx from 'htmx.org';
import './offline.js';
import './passkey.js';

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;

// After a refused form the summary of errors is read first.
document.getElementById('errors')?.focus();

// Keyboard in inboxes: j/k move, / searches, r answers, a takes charge, n notes, x ticks (X the whole page), s does
// something with the ticked ones, ? says which keys there are.
const verbs = { r: 'rispondi', n: 'nota', c: 'chiudi' };
document.addEventListener('keydown', (event) => {
  if (event.target.closest('input, textarea, select') || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll('.inbox-list .report-list a')];
  const details = verbs[event.key] && document.querySelector(`.verbs form[action$="/${verbs[event.key]}/"]`)?.closest('details');
  if (details) {
    event.preventDefault();
    details.open = true;
    details.querySelector('textarea, select')?.focus();
  } else if (event.key === 'a' && document.querySelector('.verb-main .btn')) {
    document.querySelector('.verb-main .btn').focus();
  } else if (event.key === 'x' && document.activeElement.matches('.with-ticks a')) {
    document.activeElement.parentElement.querySelector('[type=checkbox]').click();
  } else if (event.key === 'X' && document.querySelector('.with-ticks')) {
    tickAll();
  } else if (event.key === 's' && document.querySelector('details.several')) {
    event.preventDefault();
    document.querySelector('details.several').open = true;
    document.querySelector('details.several button').focus();
  } else if (event.key === '?' && document.getElementById('keys')) {
    document.getElementById('keys').togglePopover();
  } else if (event.key === '/' && document.getElementById('search')) {
    event.preventDefault();
    document.getElementById('search').focus();
  } else if (links.length && (event.key === 'j' || event.key === 'k')) {
    const here = links.findIndex((link) => link === document.activeElement || link.getAttribute('aria-current') === 'true');
    const next = event.key === 'j' ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
    links[next].focus();
  }
});

// Everything on the page at once; how many there are is said.
const boxes = [...document.querySelectorAll('.with-ticks [type=checkbox]')];
const counter = document.querySelector('[data-ticked]');
function tickAll() {
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
  countTicked();
}
function countTicked() {
  if (counter) counter.textContent = boxes.filter((box) => box.checked).length || '';
}
for (const box of boxes) box.addEventListener('change', countTicked);
const all = document.querySelector('[data-tick-all]');
if (all) {
  all.hidden = false;
  all.addEventListener('click', tickAll);
}

// Buttons that print the page.
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());


// How long a grant still lasts, beside its end.
for (const end of document.querySelectorAll('time[data-countdown]')) {
  const say = () => {
    const minutes = Math.max(0, Math.round((new Date(end.dateTime) - Date.now()) / 60000));
    end.textContent = `${end.textContent.split(' ')[0]} (${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')})`;
  };
  say();
  setInterval(say, 30000);
}

// What changed since the page was read: said, and shown when asked, so that nothing moves under one's eyes.
for (const note of document.querySelectorAll('[data-live]')) {
  const changed = new Set();
  const [words, link] = note.children;
  const say = () => {
    words.textContent = changed.size === 1 ? note.dataset.one : `${note.dataset.many} ${changed.size}`;
    link.href = window.location.href;
    link.hidden = false;
  };
  const source = new EventSource(note.dataset.live);
  source.addEventListener('next', (event) => {
    const [row] = Object.values(JSON.parse(event.data).data ?? {});
    if (row) {
      changed.add(row.code);
      say();
    }
  });
  source.addEventListener('complete', () => source.close());
  window.addEventListener('pagehide', () => source.close());
}

// A list that must be new: asked for again as soon as something happened, unless somebody is writing in it.
for (const place of document.querySelectorAll('[data-refresh]')) {
  const source = new EventSource(place.dataset.refresh);
  source.addEventListener('next', () => {
    if (![...document.querySelectorAll('main input:not([type=hidden])')].some((box) => box.value && box === document.activeElement)) window.location.reload();
  });
  source.addEventListener('complete', () => source.close());
  window.addEventListener('pagehide', () => source.close());
}

// A text read aloud by the browser's own voice, slowly, as a call would say it.
for (const button of document.querySelectorAll('[data-speak]')) {
  if (!('speechSynthesis' in window)) continue;
  button.hidden = false;
  button.addEventListener('click', () => {
    const text = document.getElementById(button.dataset.speak);
    const said = new SpeechSynthesisUtterance(text.textContent);
    said.lang = text.lang;
    said.rate = 0.75;
    window.speechSynthesis.cancel();
    window.speechSynthesis.speak(said);
  });
}

// Notifications of this browser: it subscribes with its own push service, and the subscription is the address.
for (const form of document.querySelectorAll('form[data-push]')) {
  form.addEventListener('submit', async (event) => {
    if (form.elements.channel.value !== 'push' || form.elements.address.value.startsWith('{')) return;
    event.preventDefault();
    try {
      const registration = await navigator.serviceWorker.ready;
      const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
      form.elements.address.value = JSON.stringify(subscription);
    } catch (error) {
      console.warn('No notifications:', error.message);
      form.elements.address.value = '';
    }
    form.submit();
  });
}

// The editor: a small toolbar over texts, and what was typed is kept in this browser until the server has it.
const wrap = (area, before, after = before) => {
  const { selectionStart: from, selectionEnd: to, value } = area;
  area.setRangeText(`${before}${value.slice(from, to)}${after}`, from, to);
  area.setSelectionRange(from + before.length, to + before.length);
  area.focus();
  area.dispatchEvent(new Event('input', { bubbles: true }));
};
const lines = (area, mark) => {
  const from = area.value.lastIndexOf('\n', area.selectionStart - 1) + 1;
  const text = area.value.slice(from, area.selectionEnd).split('\n').map((line, n) => mark(n) + line).join('\n');
  area.setRangeText(text, from, area.selectionEnd, 'end');
  area.focus();
  area.dispatchEvent(new Event('input', { bubbles: true }));
};
const words = document.documentElement.lang === 'it'
  ? { bold: 'Grassetto', list: 'Elenco', steps: 'Elenco numerato', link: 'Link', ask: 'Indirizzo del link', kept: 'Quello che scrivi resta in questo browser.', found: 'C’è un testo non salvato su questo browser.', take: 'Riprendilo', drop: 'Lascia stare' }
  : { bold: 'Bold', list: 'List', steps: 'Numbered list', link: 'Link', ask: 'Address of the link', kept: 'What you write is kept in this browser.', found: 'There is an unsaved text in this browser.', take: 'Take it up', drop: 'Leave it' };
for (const area of document.querySelectorAll('textarea[data-markdown]')) {
  const bar = document.createElement('div');
  bar.className = 'text-tools';
  const tools = [
    ['B', words.bold, () => wrap(area, '**')],
    ['•', words.list, () => lines(area, () => '- ')],
    ['1.', words.steps, () => lines(area, (n) => `${n + 1}. `)],
    ['↗', words.link, () => { const url = window.prompt(words.ask, 'https://'); if (url) wrap(area, '[', `](${url})`); }],
  ];
  for (const [sign, label, act] of tools) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.sign = sign;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', act);
    bar.append(button);
  }
  area.before(bar);
}
for (const form of document.querySelectorAll('form[data-keep]')) {
  const key = `campanile:${form.dataset.keep}`;
  const note = form.querySelector('[data-saved]') ?? document.createElement('p');
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !['csrfmiddlewaretoken', 'base'].includes(name));
  const kept = JSON.parse(localStorage.getItem(key) ?? 'null');
  if (kept && JSON.stringify(kept) !== JSON.stringify(typed()) && !document.getElementById('errors')) {
    note.append(`${words.found} `);
    for (const [label, act] of [[words.take, () => fill(form, kept)], [words.drop, () => localStorage.removeItem(key)]]) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn-link-plain';
      button.textContent = label;
      button.addEventListener('click', () => { act(); note.replaceChildren(); });
      note.append(button, ' ');
    }
  }
  form.addEventListener('input', () => {
    localStorage.setItem(key, JSON.stringify(typed()));
    note.textContent = words.kept;
  });
  form.addEventListener('submit', () => localStorage.removeItem(key));
}
function fill(form, values) {
  for (const box of form.querySelectorAll('input[type=checkbox]')) box.checked = values.some(([name, value]) => name === box.name && value === box.value);
  for (const [name, value] of values) {
    const field = form.elements[name];
    if (field && !(field instanceof RadioNodeList) && field.type !== 'checkbox') field.value = value;
  }
}

// Titles that look like what is being typed in a search box.
for (const box of document.querySelectorAll('input[data-suggest]')) {
  let waiting;
  box.addEventListener('input', () => {
    clearTimeout(waiting);
    if (box.value.trim().length < 3) return;
    waiting = setTimeout(async () => {
      const answer = await fetch(`${box.dataset.suggest}?cerca=${encodeURIComponent(box.value)}`).catch(() => null);
      if (!answer?.ok) return;
      box.list.replaceChildren(...(await answer.json()).map(({ title }) => new Option(title, title)));
    }, 200);
  });
}

// A ready answer goes into the text beside it.
for (const ready of document.querySelectorAll('[data-ready]')) {
  ready.addEventListener('change', () => {
    const text = ready.closest('form').querySelector('textarea');
    if (ready.value && text) { text.value = ready.value; text.dispatchEvent(new Event('input', { bubbles: true })); text.focus(); }
  });
}

// Addresses of the town's register, while somebody writes one; the house's point with it.
const address = document.getElementById('id_address');
const list = document.getElementById('addresses');
if (address && list) {
  let known = [];
  let timer = 0;
  address.setAttribute('list', 'addresses');
  address.addEventListener('input', () => {
    const chosen = known.find((place) => place.text === address.value);
    const latitude = document.getElementById('id_latitude');
    const longitude = document.getElementById('id_longitude');
    if (chosen?.latitude && latitude && !latitude.value) {
      latitude.value = chosen.latitude;
      longitude.value = chosen.longitude;
      latitude.dispatchEvent(new Event('change', { bubbles: true }));
    }
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (address.value.length < 3) return;
      const answer = await fetch(`/indirizzi/?q=${encodeURIComponent(address.value)}`);
      known = answer.ok ? await answer.json() : [];
      list.replaceChildren(...known.map((place) => Object.assign(document.createElement('option'), { value: place.text })));
    }, 250);
  });
}

// A screen in a public place: after a while without a touch it asks, then begins again for the next person.
const idle = document.querySelector('form[data-idle]');
const question = document.getElementById('still-there');
if (idle && question) {
  let waiting;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      question.showModal();
      waiting = setTimeout(() => idle.submit(), idle.dataset.warn * 1000);
    }, idle.dataset.idle * 1000);
  };
  for (const sign of ['pointerdown', 'keydown', 'input', 'scroll']) document.addEventListener(sign, () => { if (!question.open) wait(); }, { passive: true });
  question.querySelector('[data-still]').addEventListener('click', () => question.close());
  question.addEventListener('close', wait);
  wait();
}

// The puzzle of a form: some thousand hashes while somebody writes. Without it the form works all the same.
const form = document.querySelector('[data-puzzle]');
if (form && window.crypto?.subtle) {
  const solve = async () => {
    const bits = Number(form.dataset.bits);
    for (let n = 0; n < 1 << 20; n += 1) {
      const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${form.dataset.puzzle}${n}`)));
      const head = ((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]) >>> 0;
      if (head >>> (32 - bits) === 0) { form.querySelector('[name=solved]').value = String(n); return; }
    }
  };
  form.addEventListener('focusin', () => { solve().catch((error) => console.warn('No puzzle:', error.message)); }, { once: true });
}

// Rectangles over a photo: kept in thousandths of it.
for (const box of document.querySelectorAll('[data-redact]')) {
  const kept = document.getElementById(box.dataset.redact);
  const drawn = [];
  let from = null;
  let shape = null;
  const at = (event) => {
    const edge = box.getBoundingClientRect();
    const part = (value, size) => Math.max(0, Math.min(1000, Math.round((1000 * value) / size)));
    return [part(event.clientX - edge.left, edge.width), part(event.clientY - edge.top, edge.height)];
  };
  const between = ([a, b], [c, d]) => [Math.min(a, c), Math.min(b, d), Math.abs(c - a), Math.abs(d - b)];
  const show = (element, [left, top, width, height]) => {
    Object.assign(element.style, { left: `${left / 10}%`, top: `${top / 10}%`, width: `${width / 10}%`, height: `${height / 10}%` });
  };
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    from = at(event);
    shape = box.appendChild(Object.assign(document.createElement('span'), { className: 'redact-box' }));
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener('pointermove', (event) => { if (from) show(shape, between(from, at(event))); });
  box.addEventListener('pointerup', (event) => {
    if (!from) return;
    const found = between(from, at(event));
    from = null;
    if (found[2] < 5 || found[3] < 5) { shape.remove(); return; }
    drawn.push(found);
    kept.value = JSON.stringify(drawn);
  });
  document.querySelector('[data-redact-clear]')?.addEventListener('click', () => {
    drawn.length = 0;
    kept.value = '[]';
    box.querySelectorAll('.redact-box').forEach((element) => element.remove());
  });
}
