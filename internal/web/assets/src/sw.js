// Where no server answers, a page of ours does. Nothing of any record is in this cache:
// what is kept of a child is in the browser's database, encrypted (offline.js). The server
// writes before this what SHELL is, so that a new release makes a new worker.
self.addEventListener("install", (e) => {
  e.waitUntil(caches.open(self.SHELL.name).then((c) => c.addAll(self.SHELL.files.map((f) => new Request(f, { credentials: "omit" })))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (e) => {
  e.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== self.SHELL.name).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});
const page = () => caches.match("/offline");
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (url.origin !== location.origin) return;
  if (e.request.mode === "navigate") {
    e.respondWith(fetch(e.request).then((r) => ([502, 504].includes(r.status) ? page() : r), page));
  } else if (self.SHELL.files.includes(url.pathname) && url.pathname !== "/offline") {
    e.respondWith(caches.match(e.request, { ignoreVary: true }).then((r) => r || fetch(e.request)));
  }
});
