// Forms with data-queue: sent without a network they wait in this browser; every page of the site sends what waits.
import { drop, flush, put, sent, waiting } from './queue.js';

const worker = document.querySelector('link[rel=manifest][data-worker]');
if (worker && 'serviceWorker' in navigator) navigator.serviceWorker.register(worker.dataset.worker).catch((error) => console.warn('No worker:', error.message));

const camel = (name) => name.replace(/_(\w)/g, (_all, letter) => letter.toUpperCase());
const reaches = async () => {
  if (!navigator.onLine) return false;
  try {
    await fetch('/robots.txt', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
};

for (const form of document.querySelectorAll('form[data-queue]')) {
  const { queue: url, queueSend: send, queueUpload: upload, queueKind: kind, queueLabel: label, queueNeed: need, queueNext: next, queueLink: link } = form.dataset;
  let passed = false;
  form.addEventListener('submit', async (event) => {
    if (passed || event.submitter?.hasAttribute('formaction')) return;
    event.preventDefault();
    if (await reaches()) {
      passed = true;
      form.requestSubmit(event.submitter);
      return;
    }
    const whole = need.split(' ').some((name) => form.elements[name].value.trim());
    const first = form.elements[need.split(' ')[0]];
    first.setCustomValidity(whole ? '' : form.dataset.queueMissing);
    if (!form.reportValidity()) return;
    const picked = form.querySelector('input[type=file]');
    const input = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== 'string' || !value.trim() || ['csrfmiddlewaretoken', 'website', 'puzzle', 'solved', 'place_of_photo', 'may_be_handed_over'].includes(name)) continue;
      if (name.startsWith('answer_')) (input.answers ??= []).push({ code: name.slice(7), value });
      else input[camel(name)] = ['latitude', 'longitude'].includes(name) ? Number(value) : name === 'in_town' ? true : value;
    }
    await put({
      key: crypto.randomUUID(), at: Date.now(), label: form.elements[label].value, url, send, upload, kind, link, input,
      field: picked.name, files: [...picked.files].map((file) => ({ name: file.name, blob: file })),
    });
    const ready = await navigator.serviceWorker?.getRegistration();
    await ready?.sync?.register('campanile-queue').catch(() => {});
    location.href = next;
  });
}

const note = document.querySelector('[data-queue-note]');
const list = document.querySelector('[data-waiting-list]');
async function show() {
  const rows = await waiting();
  const done = (await sent()).filter(({ at }) => Date.now() - at < 86_400_000);
  if (note) {
    note.hidden = !rows.length && !done.length;
    const refused = rows.filter(({ error }) => error);
    note.textContent = rows.length > refused.length ? `${note.dataset.waits} ${rows.length - refused.length} ` : '';
    if (refused.length) {
      const why = document.createElement('a');
      why.href = note.dataset.offline;
      why.textContent = `${note.dataset.refused} ${refused.map(({ label }) => label).join(', ')}`;
      note.append(why);
    }
    for (const { label, link, code } of rows.length ? [] : done) {
      const told = document.createElement('a');
      told.href = link;
      told.textContent = `${note.dataset.sent} ${label} (${code})`;
      note.append(told, ' ');
    }
  }
  if (list) {
    list.closest('[data-waiting]').hidden = !rows.length;
    list.replaceChildren(...rows.map((item) => {
      const line = document.createElement('li');
      line.textContent = item.error ? `${item.label}: ${item.error} ` : item.label;
      if (item.error) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'btn btn-sm btn-outline-primary';
        button.textContent = list.dataset.drop;
        button.addEventListener('click', async () => { await drop(item.key); await show(); });
        line.append(button);
      }
      return line;
    }));
  }
}
async function send() {
  if (navigator.onLine) await flush();
  await show();
}
if (worker || list) {
  window.addEventListener('online', send);
  send().catch((error) => console.warn('The queue:', error.message));
}
