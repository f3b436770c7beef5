// Keeps forms of the counter while there is no line. The server writes SHELL above this (offline/shell.py).
// It stores pages and files without personal data only; a page of a person is never stored.
"use strict";

importScripts(SHELL.store);

const CACHE = `shell-${SHELL.release}`;
const LANGUAGE = new RegExp(`^/(${SHELL.languages.join("|")})/`);
const NEVER = new RegExp(`^(?:${SHELL.never.join("|")})$`);
const FORM = "application/x-www-form-urlencoded";
// Long enough for a slow line. What was sent meanwhile is applied once, by its key.
const PATIENCE = 45000;

const wait = (time) => new Promise((done) => setTimeout(done, time));

// File by file, each tried again: on a weak line not all of them come at once.
async function fill() {
  const cache = await caches.open(CACHE);
  for (const address of [...SHELL.files, ...Object.values(SHELL.pages).flat()]) {
    for (let tries = 0; !(await cache.match(address)); tries += 1) {
      try {
        // Without cookies: as a visitor is shown it.
        const answer = await fetch(address, { credentials: "omit", cache: "no-cache" });
        if (answer.ok && !answer.redirected) await cache.put(address, answer);
        else throw new Error(answer.status);
      } catch (error) {
        if (tries > 20) throw error;
        await wait(500);
      }
    }
  }
}

addEventListener("install", (event) => event.waitUntil(fill().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await clients.claim();
})()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (!LANGUAGE.test(pathname) || pathname.includes("/admin/")) return;
    if (request.method === "GET") event.respondWith(page(request));
    if (request.method === "POST") event.respondWith(isForm(request) ? submitted(request) : passed(request, "files"));
  } else if (request.method === "GET" && SHELL.files.includes(pathname)) {
    event.respondWith(caches.match(pathname).then((stored) => stored || fetch(request)));
  }
});

const isForm = (request) => (request.headers.get("Content-Type") || FORM).startsWith(FORM);

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    const { pathname } = new URL(request.url);
    const own = await caches.match(pathname);
    return own || shell(pathname, "page");
  }
}

// The page that says what happened, in the language of the one that could not be shown.
async function shell(pathname, instead) {
  const [, language] = LANGUAGE.exec(pathname);
  const stored = await (await caches.open(CACHE)).match(SHELL.pages[language][0]);
  if (!stored) return Response.error();
  const html = (await stored.text()).replace('data-instead=""', `data-instead="${instead}"`);
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
}

async function submitted(request) {
  const { pathname } = new URL(request.url);
  const body = await request.clone().text();
  const form = new URLSearchParams(body);
  const [account, of] = (form.get("kept_for") || "").split(".");
  if (isSignOut(pathname, form)) await Device.signOut();
  if (form.has("_lock")) await Device.lock();
  const isKept = of && !NEVER.test(pathname.replace(LANGUAGE, ""));
  if (!isKept || form.has("_switch") || form.has("_lock") || form.has("sealed")) return passed(request);
  let item;
  try {
    item = await Device.keep({ account, of, path: pathname + new URL(request.url).search, fields: body, kind: "step" });
  } catch {
    return passed(request); // no room, or no key yet: as without this file
  }
  return sent(item, request, body);
}

const isSignOut = (pathname, form) => pathname.endsWith("/sign-out/") || form.has("end_all");

// Not kept on this device: a code, a search, files.
async function passed(request, instead = "form") {
  const { pathname } = new URL(request.url);
  try {
    return await fetch(request);
  } catch {
    return shell(pathname, instead);
  }
}

async function sent(item, request, body) {
  let answer;
  try {
    answer = await fetch(request.url, {
      method: "POST",
      body,
      headers: { "Content-Type": FORM, "Idempotency-Key": item.id, Accept: "text/html" },
      credentials: "same-origin",
      redirect: "manual",
      referrer: request.referrer,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return shell(item.path, "kept");
  }
  if (answer.status >= 500) return shell(item.path, "kept");
  // Not applied, and shown on no page that could be sent again: refused, or its page is no more.
  if (![403, 404, 405].includes(answer.status)) await Device.remove("items", item.id);
  const next = answer.headers.get("Offline-Next");
  if (!next) return answer;
  await Device.forgetShown(item);
  return Response.redirect(new URL(next, request.url), 303);
}
