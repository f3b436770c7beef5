// The desk of an official: locks itself when nobody uses it, and is worked by keyboard. Without this file the server locks at the next request.
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

// Only a helper, at a desk: the hand begins at the first answer that is missing, and stays on the keyboard.
// In a group of answers a digit chooses; up and down go from question to question; Ctrl and Enter go on.
{
  const main = document.getElementById("main");
  const isSeen = (one) => (one.checkVisibility ? one.checkVisibility() : one.offsetParent !== null);
  const isMark = (one) => one.matches("input[type=checkbox], input[type=radio]");
  const answers = () => [...main.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((one) => !one.disabled && isSeen(one));
  const questions = () => [...new Map(answers().map((one) => [one.name, one]).reverse()).values()].reverse();
  const next = () => main.querySelector("button.button");

  function isAnswered(one) {
    return isMark(one) ? answers().some((other) => other.name === one.name && other.checked) : Boolean(one.value);
  }

  function beside(target, step) {
    const all = questions();
    return all[all.findIndex((one) => one.name === target.name) + step];
  }

  function byDigit(target, digit) {
    const group = [...target.closest("fieldset")?.querySelectorAll("[data-key] > input") || []];
    const chosen = group.find((one) => one.parentElement.dataset.key === digit && one.name === target.name);
    if (!chosen) return false;
    chosen.click();
    if (chosen.type === "radio" || chosen.value === "nobody") (beside(target, 1) || next()).focus();
    else chosen.focus();
    return true;
  }

  function onKey(event) {
    const { target, key } = event;
    if (event.isComposing || event.altKey || event.metaKey) return false;
    if (key === "Enter" && event.ctrlKey && next()) {
      main.requestSubmit(next());
      return true;
    }
    if (event.ctrlKey || !main.contains(target) || !target.matches("input") || !isMark(target)) return false;
    if (key === "Enter") {
      main.requestSubmit(next());
      return true;
    }
    if (target.type === "checkbox" && (key === "ArrowDown" || key === "ArrowUp")) {
      (beside(target, key === "ArrowDown" ? 1 : -1) || (key === "ArrowDown" ? next() : target)).focus();
      return true;
    }
    // By the place of the key: a Khmer keyboard writes other digits.
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    return digit !== null && !event.shiftKey && byDigit(target, digit[1]);
  }

  if (main && next() && matchMedia("(pointer: fine)").matches) {
    for (const group of main.querySelectorAll("fieldset")) {
      let last = 0;
      for (const one of group.querySelectorAll("label > input[type=checkbox], label > input[type=radio]")) {
        const digit = one.value === "nobody" ? 0 : ++last;
        if (digit < 10) one.parentElement.dataset.key = digit;
      }
    }
    document.addEventListener("keydown", (event) => { if (onKey(event)) event.preventDefault(); });
    const isFree = document.activeElement === document.body && !location.hash && !document.querySelector(".summary, [autofocus]");
    const all = isFree ? questions() : [];
    (all.find((one) => !isAnswered(one)) || all[0])?.focus();
  }
}
