// The service worker: what was fetched once stays for when there is no network; pages are always asked of the network first.
import { flush } from "./queue.js";
const CACHE = `campanile ${KEEP.join(' ')}`;
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEEP)).then(() => self.skipWaiting()));
});
self.addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(async () => (await caches.match(OFFLINE)) ?? Response.error()));
    event.waitUntil(freshen());
  } else if (request.method === 'GET' && url.pathname.startsWith('/static/')) {
    event.respondWith(kept(request));
  }
});

// The offline page holds telephone numbers and alerts: once in a worker's life it is asked for anew.
let fresh = false;
async function freshen() {
  if (fresh) return;
  fresh = true;
  try {
    await (await caches.open(CACHE)).add(new Request(OFFLINE, { cache: 'reload' }));
  } catch {
    fresh = false;
  }
}

// Our static files bear a fingerprint in their name: once there, they never change.
async function kept(request) {
  const known = await caches.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
  return answer;
}

// The network is back, also when no page of ours is open (Background Sync, where the browser has it).
self.addEventListener('sync', (event) => {
  if (event.tag === 'campanile-queue') event.waitUntil(flush());
});

// A notice from the town, also when no page of it is open. A click opens what it is about.
self.addEventListener('push', (event) => {
  const { title, body, url, lang, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, lang, tag, data: { url }, requireInteraction: true }));
});
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data.url));
});
