// Every page is complete without this script. It only makes GOV.UK's components
// behave better (radios need none, see _forms.scss), and shows a wide picture from its newest end.
import { offline } from "./offline.js";
import { createAll, Button, Checkboxes, ErrorSummary, NotificationBanner, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
for (const component of [Button, Checkboxes, ErrorSummary, NotificationBanner, SkipLink]) {
  createAll(component);
}
for (const region of document.querySelectorAll(".o-scroll--end")) {
  region.scrollLeft = region.scrollWidth;
}

// Whoever leaves a family's page in a hurry does not come back to it with one step.
for (const link of document.querySelectorAll("a[data-leave]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(link.href);
  });
}

// What is typed is kept at the server while it is typed, so that it outlives the
// session, the browser and the power. Without this script it is kept when the
// form is sent.
for (const form of document.querySelectorAll("form[data-draft]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  const keep = () => {
    if (!changed) return;
    changed = false;
    const body = new URLSearchParams(new FormData(form));
    body.set("draft-path", form.dataset.draft);
    fetch("/draft", { method: "POST", body, keepalive: true }).then((r) => { if (!r.ok) changed = true; }, () => { changed = true; });
  };
  setInterval(keep, 5000);
  addEventListener("pagehide", keep);
}

// What is noticed in a text is shown beside it while it is written. The form is saved as
// its button would save it, and what the answer says takes the place of what stood there;
// never under somebody's cursor.
for (const form of document.querySelectorAll("form[data-look]")) {
  let wait = 0, turn = 0;
  const look = async () => {
    const mine = ++turn;
    const body = new URLSearchParams(new FormData(form));
    body.set("step", "save");
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok || mine !== turn) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const old of form.querySelectorAll("[data-live]")) {
      const now = page.querySelector(`[data-live="${old.dataset.live}"]`);
      if (now && !old.contains(document.activeElement) && old.innerHTML !== now.innerHTML) old.replaceWith(now);
    }
  };
  form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(look, 900); });
}

// Two minutes before a session ends, the page says so.
const lasts = Number(document.body.dataset.sessionEnds || 0);
if (lasts > 0) {
  const warnFor = 120;
  let ends = Date.now() + lasts * 1000;
  const box = document.createElement("dialog");
  box.className = "o-dialog";
  box.setAttribute("aria-labelledby", "o-ends");
  const head = document.createElement("h2");
  head.id = "o-ends";
  head.textContent = "You will be signed out soon";
  const text = document.createElement("p");
  text.textContent = "Nobody has used Onus here for a while. In two minutes you will be signed out. What you have typed is kept.";
  const stay = document.createElement("button");
  stay.className = "govuk-button";
  stay.textContent = "Stay signed in";
  box.append(head, text, stay);
  document.body.append(box);
  const learn = (answer) => { ends = Date.now() + answer.ends_in * 1000; if (answer.ends_in > warnFor && box.open) box.close(); };
  stay.addEventListener("click", () => {
    fetch("/session/stay", { method: "POST" }).then((r) => r.json()).then(learn).catch(() => {});
  });
  setInterval(() => {
    const left = (ends - Date.now()) / 1000;
    if (left > warnFor) return;
    // Another tab may have gone on: the server knows.
    fetch("/session").then((r) => r.json()).then((answer) => {
      learn(answer);
      if (answer.ends_in <= 0) location.href = "/sign-in?ended=yes&back=" + encodeURIComponent(location.pathname);
      else if (answer.ends_in <= warnFor && !box.open) box.showModal();
    }).catch(() => {});
  }, 5000);
}

// A browser that keeps nothing goes on without.
offline().catch(() => {});
