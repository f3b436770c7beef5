// The desk of an official: locks itself when nobody uses it. Without this file the server locks at the next request.
"use strict";

// Also of the other tabs: one that is only looked at must not lock the one in which somebody types.
const USED = "desk-used-at";
const life = Number(document.body.dataset.sessionSeconds) * 1000;
const button = document.querySelector("[data-lock]");

// A page kept in memory for "Back" is asked for again: the case it shows may have ended.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

if (life && button) {
  const warning = document.getElementById("session-warning");
  const used = () => Number(localStorage.getItem(USED)) || 0;
  let told = Date.now(); // when the server last heard of this desk
  let active = false;
  localStorage.setItem(USED, told);
  for (const name of ["keydown", "pointerdown", "input", "wheel", "touchmove"]) {
    addEventListener(name, () => { active = true; }, { passive: true, capture: true });
  }

  const lock = () => {
    clearInterval(watch); // a second submit would cut the first one off
    for (const part of document.querySelectorAll("main, .banner")) part.hidden = true;
    button.form.requestSubmit(button);
  };

  const watch = setInterval(async () => {
    const now = Date.now();
    if (active) {
      active = false;
      localStorage.setItem(USED, now);
      // Who types for long sends nothing meanwhile: the server is told at times.
      if (warning && now - told > Math.min(120000, life / 4)) {
        told = now;
        const answer = await fetch(warning.dataset.keep, { credentials: "same-origin" }).catch(() => null);
        if (answer?.redirected) lock(); // locked in another tab
        else if (answer?.ok) dispatchEvent(new Event("session-used"));
      }
    } else if (now - used() >= life) {
      lock();
    }
  }, Math.min(5000, life / 4));
}
