// Live refresh, an enhancement: the page works without it. It waits for a change, fetches the page again, and
// swaps the parts in which nobody is typing.
"use strict";

const parts = ["sidebar", "top", "notice", "pins", "messages", "replies", "overlay"];
let revision = document.body.dataset.revision;
let posting = false;

// A part is left alone while somebody types in it or has a menu of it open.
const busy = (part) => {
  if (part.querySelector("details.menu[open]")) return true;
  const active = document.activeElement;
  return part.contains(active) && active.matches("input, textarea, select");
};

// What finds an element again after its part was swapped: keyboards must not lose their place.
const place = (element) => ({
  within: element.closest("[id]")?.id,
  name: element.getAttribute("name"),
  value: element.getAttribute("value"),
  href: element.getAttribute("href"),
  words: element.textContent,
});

function focusAgain(wanted) {
  const home = wanted.within && document.getElementById(wanted.within);
  if (!home) return;
  const same = (element) => JSON.stringify(place(element)) === JSON.stringify(wanted);
  [...home.querySelectorAll("a, button, summary")].find(same)?.focus({ preventScroll: true });
}

function swap(old, next) {
  const focused = old.contains(document.activeElement) ? place(document.activeElement) : null;
  const top = old.scrollTop;
  const unfolded = old.querySelector(".pins details[open]") !== null;
  old.replaceWith(document.adoptNode(next));
  next.scrollTop = top;
  if (unfolded) next.querySelector(".pins details")?.setAttribute("open", "");
  if (focused) focusAgain(focused);
}

async function refresh() {
  const address = new URL(location.href);
  if (address.pathname.endsWith("/home")) address.searchParams.set("quiet", "1");
  const answer = await fetch(address);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of parts) {
    const old = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (!old || !next) continue;
    const sameView = old.querySelector("[name=view]")?.value === next.querySelector("[name=view]")?.value;
    if (posting || old.innerHTML === next.innerHTML || (busy(old) && sameView)) continue;
    if (old.querySelector("[role=alertdialog]")) continue;
    swap(old, next);
  }
  focusModal();
}

// What happens while nobody looks at this tab does not count as read.
const seen = () =>
  document.hidden ? new Promise((done) => document.addEventListener("visibilitychange", done, { once: true })) : null;

function focusModal() {
  const modal = document.querySelector("#overlay .modal");
  for (const part of document.querySelectorAll("#sidebar, #main, #thread")) part.inert = modal !== null;
  if (!modal || modal.contains(document.activeElement)) return;
  const first = modal.querySelector(".modal-body input:not([type=hidden]), .modal-body textarea, .modal-body select, footer .primary, footer .button");
  if (first) first.focus();
}

async function watch() {
  for (;;) {
    try {
      const answer = await fetch(`${document.body.dataset.live}?since=${revision}`);
      if (!answer.ok) return;
      const now = String((await answer.json()).revision);
      if (now !== revision) {
        revision = now;
        await seen();
        await refresh();
      }
    } catch {
      await new Promise((done) => setTimeout(done, 2000));
    }
  }
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && field.matches(".composer textarea")) {
    event.preventDefault();
    field.form.requestSubmit();
  }
  if (event.key === "Enter" && field.matches("input[type=search]")) {
    event.preventDefault();
    field.parentElement.querySelector("button").click();
  }
  if (event.key === "Escape") {
    const open = document.querySelector("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    } else {
      document.querySelector("#overlay footer [name=close], #overlay footer a.button")?.click();
    }
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches("details.menu")) return;
  if (event.target.open) event.target.querySelector(".menu-items")?.scrollIntoView({ block: "nearest" });
  else refresh(); // what came while the menu was open
}, true);

document.addEventListener("change", (event) => {
  const choose = event.target.closest(".field")?.querySelector("button.choose");
  if (choose && event.target.matches("select, input[type=radio]")) choose.click();
});

document.addEventListener("submit", () => { posting = true; });
window.addEventListener("pageshow", () => { posting = false; });
document.documentElement.classList.add("with-script");
focusModal();
if (document.body.dataset.live) watch();
