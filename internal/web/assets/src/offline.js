// A visit where there is no internet. What is kept in the browser is encrypted with keys
// that no script can read out (docs/security.md says what that helps against, and what
// not): the pages of today's visits under a key of this session, and what is typed under
// a key that is thrown away when all of it has been sent.
const body = document.body;
const shell = document.querySelector("[data-offline]");
const clock = (t) => new Date(t).toTimeString().slice(0, 5);
const typedLasts = 24 * 3600 * 1000;

let opened;
function db() {
  opened = opened || new Promise((yes, no) => {
    const ask = indexedDB.open("onus", 1);
    ask.onupgradeneeded = () => { for (const s of ["keys", "pages", "typed", "queue"]) ask.result.createObjectStore(s, { keyPath: "id" }); };
    ask.onsuccess = () => yes(ask.result);
    ask.onerror = () => no(ask.error);
  });
  return opened;
}
async function store(name, mode, fn) {
  const tx = (await db()).transaction(name, mode, { durability: "strict" });
  const asked = fn(tx.objectStore(name));
  return new Promise((yes, no) => {
    tx.oncomplete = () => yes(asked && asked.result);
    tx.onerror = tx.onabort = () => no(tx.error);
  });
}
const get = (name, id) => store(name, "readonly", (s) => s.get(id));
const all = (name) => store(name, "readonly", (s) => s.getAll());
const put = (name, x) => store(name, "readwrite", (s) => s.put(x));
const drop = (name, id) => store(name, "readwrite", (s) => s.delete(id));
const clear = (name) => store(name, "readwrite", (s) => s.clear());

const newKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
async function lock(key, id, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(id) }, key, new TextEncoder().encode(JSON.stringify(value)));
  return { id, iv, data };
}
async function unlock(key, x) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: x.iv, additionalData: new TextEncoder().encode(x.id) }, key, x.data);
  return JSON.parse(new TextDecoder().decode(plain));
}

async function forgetPages() {
  await drop("keys", "pages");
  await clear("pages");
}
// pagesKey is the key of this session; over, or of another session, it is thrown away.
async function pagesKey() {
  let k = await get("keys", "pages");
  if (k && (Date.now() > k.until || !shell && k.session !== body.dataset.session)) {
    await forgetPages();
    k = null;
  }
  if (!k && body.dataset.session) {
    k = { id: "pages", key: await newKey(), session: body.dataset.session, who: body.dataset.who, until: Number(body.dataset.keepUntil) };
    await put("keys", k);
  }
  return k;
}
// typedKey is the key of what one person typed on this phone and did not send yet.
async function typedKey() {
  const who = body.dataset.who || ((await get("keys", "pages")) || {}).who;
  if (!who) return null;
  const id = "typed " + who;
  let k = await get("keys", id);
  if (!k) {
    k = { id, who, key: await newKey() };
    await put("keys", k);
  }
  return k;
}
async function tidyTyped() {
  for (const x of await all("typed")) if (Date.now() - x.at > typedLasts) await drop("typed", x.id);
  const used = new Set([...(await all("typed")), ...(await all("queue"))].map((x) => "typed " + x.who));
  for (const k of await all("keys")) if (k.id !== "pages" && !used.has(k.id)) await drop("keys", k.id);
}

// The state of the line, in words, first on the page.
const bar = document.createElement("div");
bar.className = "o-net";
bar.setAttribute("role", "status");
bar.hidden = true;
function says(first, rest, button, fn) {
  bar.replaceChildren();
  const b = document.createElement("b");
  b.textContent = first;
  bar.append(b, document.createTextNode(rest || ""));
  if (button) {
    const e = document.createElement("button");
    e.type = "button";
    e.className = "o-asLink";
    e.textContent = button;
    e.addEventListener("click", fn);
    bar.append(document.createTextNode(" "), e);
  }
  bar.hidden = !first;
}

// send sends what is kept, once each: the form's own key sees to it that what arrived and
// was not answered is not recorded again.
let sending = false;
async function send() {
  if (sending) return;
  sending = true;
  try {
    const waiting = await all("queue");
    const k = waiting.length ? await typedKey() : null; // none is made for nothing
    for (const x of k ? waiting : []) {
      if (x.who !== k.who) continue; // another person's: it waits for them
      const form = await unlock(k.key, x);
      let answer;
      try {
        answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(form.values), headers: { "Onus-Send": "kept" }, redirect: "error", signal: AbortSignal.timeout(20000) });
      } catch {
        says("No internet. Saved on this phone, " + clock(x.at) + ".", "Locked with your sign-in. Sends itself when you are back online: leave Onus open, or open it again.");
        return;
      }
      if (answer.ok) {
        const to = (await answer.json()).done;
        await drop("queue", x.id);
        await drop("typed", form.action);
        await tidyTyped();
        if (location.pathname === form.action) location.href = to;
        else says("Sent and recorded, " + clock(Date.now()) + ".", "", "See it", () => { location.href = to; });
      } else if (answer.status === 401) {
        says("Sign in to send what is kept on this phone.", "Saved " + clock(x.at) + ". Nothing is lost.", "Sign in", () => { location.href = "/sign-in?back=" + encodeURIComponent(location.pathname); });
        return;
      } else if ((answer.status === 409 || answer.status === 422) && location.pathname === form.action && !shell) {
        await drop("queue", x.id);
        byForm(form);
        return;
      } else if (answer.status === 409 || answer.status === 422) {
        says("Your visit is not recorded yet: it needs a look.", "Something was recorded meanwhile, or something is missing. What you typed is kept.", "Look at it", async () => {
          await drop("queue", x.id);
          byForm(form);
        });
      } else {
        says("Onus does not answer as it should. Saved on this phone, " + clock(x.at) + ".", "It is tried again.");
      }
    }
  } finally {
    sending = false;
  }
}
// byForm sends the form as a browser does: the server shows both sides, or what is wrong.
function byForm(form) {
  const f = document.createElement("form");
  f.method = "post";
  f.action = form.action;
  for (const [name, value] of form.values) {
    const i = document.createElement("input");
    i.type = "hidden";
    i.name = name;
    i.value = value;
    f.append(i);
  }
  body.append(f);
  f.submit();
}

const valuesOf = (form) => [...new FormData(form)].filter(([, v]) => typeof v === "string");
function fill(form, values) {
  const own = ["key", "seen_up_to", "purpose", "fixed"];
  for (const e of form.elements) if (e.type === "radio" || e.type === "checkbox") e.checked = values.some(([n, v]) => n === e.name && v === e.value);
  for (const [name, value] of values) {
    for (const e of form.querySelectorAll("[name=" + CSS.escape(name) + "]")) {
      if (e.type !== "radio" && e.type !== "checkbox" && !own.includes(name)) e.value = value;
    }
  }
}
const places = (form) => (form.querySelector("#where").selectedOptions[0] || {}).text || "";
function shows(form) {
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const v = (n) => form.querySelector("[name=" + n + "]").value;
  form.querySelector("[data-when]").textContent = (v("on") === today ? "Today" : v("on")) + ", " + v("at") + ", " + places(form).toLowerCase() + ".";
  const told = form.querySelector("[name=announced]:checked");
  form.querySelector("[data-announced]").textContent = told && told.value === "yes" ? "Announced." : "Not announced.";
}

// atVisit keeps what is typed while it is typed, and sends the visit, or keeps it.
async function atVisit(form, path, fresh) {
  const before = await get("typed", path);
  const k = await typedKey();
  if (!k) return;
  if (fresh) {
    form.querySelector("[name=on]").value = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
    form.querySelector("[name=at]").value = clock(Date.now());
  }
  if (before && before.who === k.who && !document.querySelector(".govuk-error-summary, .o-visit__clash")) {
    fill(form, await unlock(k.key, before));
    says("What you typed at " + clock(before.at) + " on this phone is here again.", "It is not recorded yet.");
  }
  shows(form);
  let wait;
  const keep = async () => {
    const at = Date.now();
    await put("typed", { ...(await lock(k.key, path, valuesOf(form))), at, who: k.who });
    if (navigator.onLine && !shell) says("Saved on this phone, " + clock(at) + ".", "");
    else says("No internet. Saved on this phone, " + clock(at) + ".", "Locked with your sign-in. Sends itself when you are back online.");
  };
  form.addEventListener("input", () => {
    shows(form);
    clearTimeout(wait);
    wait = setTimeout(keep, 300);
  });
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const button = form.querySelector(".o-visit__finish");
    if (button.disabled) return;
    if (!complete(form)) { // what is missing is said by the server where there is one, and here where there is none
      if (shell || !navigator.onLine) return;
      form.submit();
      return;
    }
    button.disabled = true;
    const values = valuesOf(form);
    const id = values.find(([n]) => n === "key")[1];
    await put("queue", { ...(await lock(k.key, id, { action: path, values })), at: Date.now(), who: k.who });
    await send();
    button.disabled = false;
    button.textContent = (await get("queue", id)) ? "Kept. It sends itself" : "Finish visit";
    button.disabled = !!(await get("queue", id));
  });
}
// complete says what no server needs to be asked for, beside the state of the line.
function complete(form) {
  const v = (n) => (form.querySelector("[name=" + n + "]:checked") || {}).value;
  const t = (n) => ((form.querySelector("[name=" + n + "]") || {}).value || "").trim();
  const missing = [];
  if (!form.querySelector("[name=purpose][type=hidden]") && !v("purpose")) missing.push("what the visit was for");
  if (v("purpose") === "other" && !t("other_purpose")) missing.push("what it was for, and why no goal");
  if (!v("seen")) missing.push("whether you saw the child");
  if (v("seen") === "yes" && !v("alone")) missing.push("whether the child was alone");
  if (v("seen") === "yes" && !t("childs_words") && !t("what_was_seen")) missing.push("what the child said, or what you saw");
  if (v("seen") === "no" && !t("why_not_seen")) missing.push("why the child was not seen");
  if (t("learnt") && !v("how_known")) missing.push("how you know");
  if (!v("safe_tonight")) missing.push("whether the child is safe tonight");
  if (v("safe_tonight") && v("safe_tonight") !== "yes" && !t("next")) missing.push("what happens next, who, by when");
  if (missing.length && (shell || !navigator.onLine)) {
    says("Not finished yet. Still missing: " + missing.join("; ") + ".", "What you typed is saved on this phone.");
    bar.scrollIntoView();
  }
  return !missing.length;
}

// keepToday keeps the pages of today's visits, for as long as the session may last. Each
// look is in the reader log before the page leaves the server.
async function keepToday(list) {
  const k = await pagesKey();
  if (!k) return;
  const wanted = [];
  for (const row of list.querySelectorAll("[data-keep]")) {
    const url = new URL(row.dataset.keep, location.href);
    wanted.push(url.pathname);
    const note = row.querySelector("[data-kept]");
    const had = await get("pages", url.pathname);
    if (!had || had.from !== row.dataset.keep || Date.now() - had.at > 1800000) {
      try {
        const answer = await fetch(row.dataset.keep + "&keep=yes");
        if (!answer.ok) continue;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const html = page.querySelector(".o-visit").outerHTML;
        await put("pages", { ...(await lock(k.key, url.pathname, { html, title: page.querySelector("h1").textContent })), at: Date.now(), from: row.dataset.keep });
      } catch {
        continue; // not kept: the row says nothing
      }
    }
    note.textContent = "Works without internet on this phone until " + clock(k.until) + ".";
    note.hidden = false;
  }
  for (const x of await all("pages")) if (!wanted.includes(x.id)) await drop("pages", x.id);
}

// inShell is the page that the service worker shows where no server answers.
async function inShell() {
  const k = await pagesKey();
  const x = k && await get("pages", location.pathname);
  if (x) {
    const page = await unlock(k.key, x);
    document.title = page.title + " - Onus";
    const kept = document.createElement("div");
    kept.innerHTML = page.html; // it came from our own server, and was locked since
    says("No internet. Kept on this phone since " + clock(x.at) + ".", "Locked with your sign-in.");
    await atVisit(kept.querySelector("form"), location.pathname, true);
    shell.replaceChildren(kept); // not before it is ready: a tap must not be lost
  } else if (k) {
    const list = shell.querySelector("[data-list]");
    for (const p of await all("pages")) {
      const li = document.createElement("li");
      const a = document.createElement("a");
      a.href = p.id;
      a.textContent = (await unlock(k.key, p)).title;
      li.append(a);
      list.append(li);
    }
    shell.querySelector("[data-none]").hidden = list.children.length > 0;
  }
  // Where the line is back and nothing waits, the page itself is.
  setInterval(async () => {
    if ((await all("queue")).length || shell.querySelector("form")) return;
    fetch("/healthz", { cache: "no-store" }).then((r) => { if (r.ok) location.reload(); }, () => {});
  }, 5000);
}

export async function offline() {
  if (!("serviceWorker" in navigator) || !window.isSecureContext || !crypto.subtle) return;
  (document.querySelector(".o-bar") || body.firstElementChild).after(bar);
  if (body.dataset.nobody !== undefined) {
    await forgetPages();
    if (location.pathname === "/signed-out") await clear("typed");
    await tidyTyped();
    return;
  }
  if (shell) await inShell();
  else if (!body.dataset.session) return;
  else {
    await navigator.serviceWorker.register("/sw.js");
    await pagesKey();
    await tidyTyped();
    const list = document.querySelector("[data-today]");
    if (list) await keepToday(list);
    const form = document.querySelector(".o-visit__form");
    if (form) await atVisit(form, form.getAttribute("action"), false);
    for (const out of document.querySelectorAll("form[action='/sign-out']")) {
      let warned = false;
      out.addEventListener("submit", (e) => {
        if (warned) return;
        e.preventDefault();
        warned = true;
        all("queue").then((q) => {
          if (!q.length) { forgetPages().finally(() => out.submit()); return; }
          says("A visit on this phone has not been sent yet.", "Stay until it is sent. If you sign out all the same, it is sent when you have signed in again.");
          bar.scrollIntoView();
        });
      });
    }
  }
  addEventListener("online", send);
  setInterval(async () => { if ((await all("queue")).length) send(); }, 5000);
  await send();
}
