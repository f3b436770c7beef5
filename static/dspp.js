// Only helpers: every page works without this file.
"use strict";

// One press, one submit. The button stays focusable and wakes up again when the page comes back from the cache.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button && button.classList.contains("button")) button.setAttribute("aria-disabled", "true");
  // A slow line must not lock the person out of trying again.
  setTimeout(() => wake(form), 15000);
});

function wake(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(wake));

// The error summary is what changed: it is read first.
const summary = document.querySelector(".summary");
if (summary) summary.focus();

const printer = document.querySelector("[data-print]");
if (printer) {
  printer.hidden = false;
  printer.addEventListener("click", () => print());
}

// What is folded on the screen is open on paper, in browsers whose style sheets cannot say so as well.
addEventListener("beforeprint", () => document.querySelectorAll("main details").forEach((one) => { one.open = true; }));

// Two minutes before the session ends for want of use, say so and offer to stay.
const seconds = Number(document.body.dataset.sessionSeconds);
const warning = document.getElementById("session-warning");
if (seconds && warning) {
  let timer;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { warning.hidden = false; }, Math.max(seconds - 120, 30) * 1000);
  };
  warning.querySelector("button").addEventListener("click", async () => {
    const answer = await fetch(warning.dataset.keep, { credentials: "same-origin" });
    if (!answer.ok) return;
    warning.hidden = true;
    watch();
  });
  // Of desk.js: the server was told that the desk is in use.
  addEventListener("session-used", () => { warning.hidden = true; watch(); });
  watch();
}
