// Only a helper: without it the form sends all files at once, as they are.
// With it each file is a request of its own, photos are made smaller first, and a cut line is tried again.
"use strict";

const SIDE = 2000;
const SMALL_ENOUGH = 700000;

async function shrunk(file) {
  if (!file.type.startsWith("image/") || file.size < SMALL_ENOUGH || !self.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  } catch {
    return file; // a kind this browser cannot draw: the server judges it
  }
}

// The answer to the last file is not followed, so that its "received" is still unsaid when the page loads anew.
async function send(form, file, redirect, tries = 3) {
  const data = new FormData(form);
  data.set("files", file, file.name);
  try {
    return await fetch(location.href, { method: "POST", body: data, credentials: "same-origin", redirect });
  } catch (error) {
    if (tries <= 1) throw error;
    await new Promise((wait) => setTimeout(wait, 2000));
    return send(form, file, redirect, tries - 1); // sent twice is kept once
  }
}

const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// What is kept by now, and that it was received, as the page asked anew has it.
async function bring(page) {
  const now = await parsed(await fetch(location.href, { credentials: "same-origin" }));
  const sent = now.getElementById("sent");
  page.getElementById("sent")?.remove();
  if (sent) page.querySelector("form[data-upload]").before(sent);
  page.getElementById("content").prepend(...now.querySelectorAll("#content > .message"));
}

// Instead of taking a file the web server, or the page of an error, says why: its words in the language of this page.
// A page of somebody else, such as a proxy, says nothing that helps the reader.
function said(page) {
  const { lang } = document.documentElement;
  const ours = page.documentElement.lang === lang && page.querySelector("main");
  const part = page.querySelector(`section[lang="${lang}"]`) || ours || page.createElement("div");
  const words = [...part.querySelectorAll("h1, h1 ~ p")].filter((one) => !one.querySelector("a"));
  return words.map((one) => one.textContent.trim().replace(/\s+/g, " ")).filter(Boolean);
}

// Lines of text: nothing in them is markup.
function tell(lines) {
  const says = document.querySelector("[data-progress]");
  says.hidden = false;
  says.replaceChildren(...lines.flatMap((line) => [document.createElement("br"), line]).slice(1));
  wake(says.closest("form"));
}

// The server said of each refused file why, on a page of its own: the last of them is shown with the words of all,
// and with what is kept by now. Nothing is sent again.
async function show(refused) {
  const page = refused.at(-1);
  for (const list of [".summary ul", ".field.invalid .error"]) {
    const words = refused.flatMap((one) => [...one.querySelectorAll(`${list} > *`)]);
    page.querySelector(list)?.replaceChildren(...words);
  }
  await bring(page);
  const content = page.getElementById("content");
  document.title = page.title;
  document.getElementById("content").replaceChildren(...content.childNodes);
  document.querySelectorAll("form[data-upload]").forEach(start);
  document.querySelector(".summary").focus();
  if (document.querySelector("[data-reading]")) look(2000);
}

// What was said about the files before.
function forget() {
  document.querySelectorAll("#content > .summary, #content > .message, .field.invalid .error").forEach((one) => one.remove());
}

function start(form) {
  const input = form.querySelector("input[type=file]");
  const says = form.querySelector("[data-progress]");
  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length || event.defaultPrevented) return;
    event.preventDefault();
    forget();
    const refused = [];
    let [kept, stopped] = [0, null];
    try {
      for (const [number, file] of files.entries()) {
        says.hidden = false;
        says.textContent = `${says.dataset.progress} ${number + 1} / ${files.length}`;
        const last = number + 1 === files.length;
        const answer = await send(form, await shrunk(file), last ? "manual" : "follow");
        const taken = answer.type === "opaqueredirect" || (answer.redirected && answer.url === location.href);
        if (taken) {
          kept += 1;
          continue;
        }
        if (answer.redirected) break; // signed out: the page asked anew says so
        const page = await parsed(answer);
        if (page.querySelector("[data-sign-in]")) {
          location.assign(`${form.dataset.door}?next=${encodeURIComponent(location.pathname)}`);
          return;
        }
        if (!page.querySelector("form[data-upload]") || !page.querySelector(".summary")) {
          const words = said(page);
          stopped = [file.name, ...(words.length ? words : [says.dataset.failed])];
          break;
        }
        refused.push(page);
      }
      if (refused.length) await show(refused);
      else if (!stopped) location.replace(location.href); // reloading the answer to a form would send that form again
      else if (kept) await bring(document);
      if (stopped) tell(stopped);
    } catch {
      tell([says.dataset.lost]);
    }
  });
}

document.querySelectorAll("form[data-upload]").forEach(start);

// While a worker reads what was sent, the list is fetched again: soon at first, then less and less often.
async function look(wait) {
  await new Promise((done) => setTimeout(done, wait));
  const list = document.getElementById("sent");
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("sent");
    if (!fresh) return;
    if (fresh.innerHTML !== list.innerHTML) list.replaceWith(fresh);
    if (!("reading" in fresh.dataset)) return;
  } catch {
    // A weak line: later again.
  }
  if (wait < 30000) look(wait * 1.5);
}

if (document.querySelector("[data-reading]")) look(2000);
