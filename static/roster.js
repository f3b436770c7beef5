// Only a helper: without it the buttons save the rows and add another one.
// With it the hand stays on the keyboard, and each finished row is saved while the next one is typed.
"use strict";

const form = document.querySelector("[data-roster]");
const list = form.querySelector("[data-rows]");
const says = form.querySelector("[data-status]");
const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
const rows = () => [...list.querySelectorAll("[data-row]")];
const typed = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
const isBlank = (row) => typed(row).every((one) => !one.value.trim() || one.name.endsWith("document_type"));
const content = (row) => JSON.stringify(typed(row).map((one) => one.value));
const shown = (row) => typed(row).filter((one) => one.offsetParent !== null);

// As the server reads it: day, month and year; null where it is no date.
function dateOf(text) {
  const latin = text.trim().replace(/[\u17e0-\u17e9]/g, (digit) => digit.charCodeAt(0) - 0x17e0);
  let parts = latin.split(/[\s/.,\u200b-]+/).filter(Boolean);
  if (parts.length === 1) {
    parts = { 8: [latin.slice(0, 2), latin.slice(2, 4), latin.slice(4)], 6: [latin.slice(0, 2), latin.slice(2)] }[latin.length] || parts;
  } else if (parts.length === 3 && parts[0].length === 4) parts.reverse();
  if (!parts.length || parts.length > 3 || parts.some((part) => !/^\d{1,4}$/.test(part))) return null;
  const [day, month, year] = ["", "", ...parts].slice(-3).map((part) => (part ? Number(part) : 0));
  if (year < 1800 || year > new Date().getFullYear() || month > 12) return null;
  if (day && new Date(year, month - 1, day).getDate() !== day) return null;
  return { day, month, year };
}

// Both ages where the birthday may lie before or after today.
function ageOf({ day, month, year }) {
  const today = new Date();
  const full = (m, d) => Math.max(today.getFullYear() - year - (today.getMonth() + 1 < m || (today.getMonth() + 1 === m && today.getDate() < d)), 0);
  const [least, most] = [full(month || 12, day || 31), full(month || 1, day || 1)];
  return least === most ? `${least}` : `${least}–${most}`;
}

function showAge(row) {
  const born = field(row, "born");
  if (!born) return;
  const date = dateOf(born.value);
  row.querySelector("[data-age-of]").textContent = date ? `${form.dataset.age} ${ageOf(date)}` : "";
}

// What the hand passed over: the field that is still to be filled, if any.
function missing(row) {
  const [family, given] = [field(row, "family_name"), field(row, "given_name")];
  if (family && !family.value.trim() && !given.value.trim()) return given;
  const empty = ["relationship", "sex"].map((name) => field(row, name)).find((one) => one && !one.value);
  if (empty) return empty;
  const born = field(row, "born");
  if (born && !dateOf(born.value)) return born;
  const type = field(row, "document_type");
  const number = field(row, "document_number");
  return type && type.value !== "none" && !number.value.trim() ? number : null;
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
}

function add() {
  const number = Math.max(...rows().map((row) => Number(row.dataset.row))) + 1;
  const copy = document.querySelector("[data-template]").innerHTML.replaceAll(/\bm0\b/g, `m${number}`);
  list.insertAdjacentHTML("beforeend", copy);
  const row = list.lastElementChild;
  row.dataset.row = number;
  row.querySelector("[data-number]").textContent = number;
  field(row, "row").value = newKey();
  begin(row);
  return row;
}

function begin(row) {
  row.dataset.stored = field(row, "base").value ? content(row) : "";
  showAge(row);
}

// One after the other: what was typed is sent in the order in which it was typed.
let queue = Promise.resolve();
let waiting = 0;

function save() {
  if ("offline" in form.dataset) return; // the page keeps it on the device
  waiting += 1;
  queue = queue.then(send).finally(() => { waiting -= 1; });
}

async function send() {
  const changed = rows().filter((row) => !isBlank(row) && content(row) !== row.dataset.stored);
  if (!changed.length) return;
  const data = new FormData(form);
  rows().filter((row) => !changed.includes(row)).forEach((row) => {
    row.querySelectorAll("[name]").forEach((one) => data.delete(one.name));
  });
  const sent = changed.map((row) => [row, content(row)]);
  try {
    const answer = await fetch(location.pathname, {
      method: "POST", body: data, credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    sent.forEach(([row, what]) => take(row, what, found.rows[row.dataset.row]));
    says.textContent = [found.problem, `${form.dataset.saved} ${found.saved}`].filter(Boolean).join(" ");
  } catch {
    says.textContent = form.dataset.unsaved;
  }
}

function take(row, what, found) {
  if (!found) return;
  field(row, "base").value = found.base;
  row.dataset.stored = Object.keys(found.errors).length ? "" : what;
  row.querySelectorAll("[data-field]").forEach((cell) => tell(cell, found.errors[`m${row.dataset.row}-${cell.dataset.field}`] || []));
  const whole = found.errors[`m${row.dataset.row}-row`] || [];
  row.querySelector("[data-row-error]").textContent = found.taken ? form.dataset.taken : whole.join(" ");
}

// The words stand before the field, as on a page that the server shows.
function tell(cell, words) {
  const [box, input] = [cell.querySelector(".field"), cell.querySelector("input, select")];
  box.querySelector(".error")?.remove();
  box.classList.toggle("invalid", words.length > 0);
  input.removeAttribute("aria-invalid");
  if (!words.length) return;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}_error`);
  const error = document.createElement("div");
  Object.assign(error, { className: "error", id: `${input.id}_error`, textContent: words.join(" ") });
  input.before(error);
}

function onward(row) {
  const after = rows()[rows().indexOf(row) + 1];
  if (isBlank(row) && !after && row.dataset.row !== "1") {
    form.querySelector("[data-continue]").focus();
    return;
  }
  const open = missing(row);
  if (open) {
    open.focus();
    return;
  }
  save();
  (shown(after || add())[0] || form.querySelector("[data-continue]")).focus();
}

function takeSurname(input, from) {
  const other = from && field(from, "family_name");
  if (!other || input.value || !other.value) return false;
  input.value = other.value;
  field(input.closest("[data-row]"), "given_name").focus();
  return true;
}

function choose(select, event) {
  const letter = (/^[a-z]$/i.test(event.key) ? event.key : (/^Key([A-Z])$/.exec(event.code) || [])[1] || "").toUpperCase();
  const option = letter && [...select.options].find((one) => (one.dataset.letters || "").includes(letter));
  if (!option) return false;
  select.value = option.value;
  const beside = shown(select.closest("[data-row]"));
  beside[beside.indexOf(select) + 1]?.focus();
  return true;
}

form.addEventListener("keydown", (event) => {
  const { target } = event;
  const row = target.closest("[data-row]");
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || !target.matches("input, select")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    if (row) onward(row);
    else shown(rows()[0])[0]?.focus();
  } else if (row && target.matches("select")) {
    if (choose(target, event)) event.preventDefault();
  } else if (row && target.name.endsWith("-family_name") && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    const above = event.key === "ArrowUp" ? rows()[0] : rows()[rows().indexOf(row) - 1];
    if (above !== row && takeSurname(target, above)) event.preventDefault();
  }
});

form.addEventListener("input", (event) => {
  if (event.target.name.endsWith("-born")) showAge(event.target.closest("[data-row]"));
});

form.addEventListener("click", (event) => {
  if (event.target.name !== "add") return;
  event.preventDefault();
  const last = rows().at(-1);
  if (isBlank(last)) shown(last)[0].focus();
  else onward(last);
});

// What is on its way is saved first: otherwise the same row would be sent twice at once.
form.addEventListener("submit", (event) => {
  if (!waiting) return;
  event.preventDefault();
  event.stopPropagation();
  const { submitter } = event;
  Promise.race([queue, new Promise((done) => setTimeout(done, 3000))]).then(() => {
    waiting = 0;
    form.requestSubmit(submitter);
  });
});

rows().forEach(begin);
