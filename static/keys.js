// Only a helper, at a desk: the hand begins at the first answer that is missing, and stays on the keyboard.
// In a group of answers a digit chooses; up and down go from question to question; Ctrl and Enter go on.
"use strict";

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
