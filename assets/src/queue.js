// Forms that were sent without a network: kept in this browser, sent by themselves when it is back, each exactly once
// (the key of the row is the API's idempotency key). Shared by the pages and the service worker.

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open('campanile', 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore('queue', { keyPath: 'key' });
    request.result.createObjectStore('sent', { keyPath: 'key' });
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function inStore(name, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode);
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const waiting = () => inStore('queue', 'readonly', (store) => store.getAll());
export const sent = () => inStore('sent', 'readonly', (store) => store.getAll());
export const put = (item) => inStore('queue', 'readwrite', (store) => store.put(item));
export const drop = (key) => inStore('queue', 'readwrite', (store) => store.delete(key));
const remember = (item) => inStore('sent', 'readwrite', (store) => store.put(item));

async function ask(url, documentId, input) {
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ documentId, variables: { input } }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(errors[0].message);
  return Object.values(data)[0];
}

async function sendFile(item, file) {
  const said = await ask(item.url, item.upload, { kind: item.kind, name: file.name, mediaType: file.blob.type, size: file.blob.size });
  if (said.userErrors.length) throw Object.assign(new Error(said.userErrors[0].message), { final: true });
  const { id, method, url, headers } = said.upload;
  const answer = await fetch(url, { method, body: file.blob, headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) });
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), { final: answer.status < 500 });
  return id;
}

async function sendOne(item) {
  for (const file of item.files) {
    if (file.id) continue;
    file.id = await sendFile(item, file);
    await put(item);
  }
  const said = await ask(item.url, item.send, { ...item.input, idempotencyKey: item.key, [item.field]: item.files.map(({ id }) => id) });
  if (said.userErrors.length) {
    if (item.files.length && !item.again) return sendAgain(item); // a file that was sent ahead is good for an hour only
    throw Object.assign(new Error(said.userErrors.map(({ message }) => message).join(' ')), { final: true });
  }
  const { code } = Object.values(said).find((value) => value?.code);
  await remember({ key: item.key, label: item.label, link: item.link.replace('CODE', code), code, at: Date.now() });
  await drop(item.key);
}

async function sendAgain(item) {
  for (const file of item.files) delete file.id;
  item.again = true;
  await put(item);
  await sendOne(item);
}

/** Sends what waits. What the town refuses stays, with what it said; what did not get through waits for the next time. */
export async function flush() {
  const work = async () => {
    for (const item of await waiting()) {
      if (item.error) continue;
      try {
        await sendOne(item);
      } catch (error) {
        if (!error.final) return;
        item.error = error.message;
        await put(item);
      }
    }
  };
  await (navigator.locks ? navigator.locks.request('campanile-queue', work) : work());
}
