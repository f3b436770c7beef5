// On pages of officials, and on the page that is shown without a line: what is not sent, and sending it.
"use strict";

const Unsent = (() => {
  const here = document.currentScript.dataset;
  const list = document.getElementById("offline-items");
  const { instead } = document.getElementById("offline-page")?.dataset || {};
  const wait = (time) => new Promise((done) => setTimeout(done, time));
  const show = (id, shown = true) => {
    const part = document.getElementById(id);
    if (part) part.hidden = !shown;
  };

  // Null without a line. The account is empty where nobody is signed in.
  async function status() {
    try {
      const answer = await fetch(here.status, { cache: "no-store", signal: AbortSignal.timeout(15000) });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  const outer = ({ sealed, id, written }, csrf) => ({
    sealed, item: id, age: Math.max(0, Date.now() - written), csrfmiddlewaretoken: csrf,
  });

  // No answer, or one that says the same of every form: the line's, or of a server that cannot now.
  const isLater = ({ status: code, type }) => type === "opaqueredirect" || [502, 503, 504].includes(code);

  // Tells what became of it: "applied" and "needs_you" (it is with the server now), "shown" (the form is to be
  // corrected), "later" (nothing can be sent now), "failed" (this one, which stays here and is tried again),
  // or why the server does not take it.
  async function send(item, csrf) {
    const fields = new URLSearchParams(outer(item, csrf));
    try {
      const answer = await fetch(item.path, {
        method: "POST",
        body: fields,
        headers: { "Idempotency-Key": item.id },
        redirect: "manual",
        signal: AbortSignal.timeout(45000),
      });
      if (isLater(answer)) return { became: "later" };
      const [became, next] = [answer.headers.get("Offline-Outcome"), answer.headers.get("Offline-Next")];
      if (became === "applied" || became === "needs_you") await Device.remove("items", item.id);
      return { became: became || (next ? "later" : answer.ok ? "shown" : "failed"), next };
    } catch {
      return { became: "later" };
    }
  }

  // As a form of this page, so that its answer is the next page.
  async function submitSealed(item, csrf) {
    await Device.write("items", { ...item, shown: true });
    const form = document.createElement("form");
    [form.method, form.action] = ["post", item.path];
    for (const [name, value] of Object.entries(outer(item, csrf))) {
      const field = document.createElement("input");
      [field.type, field.name, field.value] = ["hidden", name, value];
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  const mine = async (account) => (await Device.items()).filter((one) => one.account === account && !one.expired);

  async function account() {
    return here.account || (await Device.read("device", "device"))?.account || "";
  }

  // What waits where an earlier one stays here: the pages of a case, or what was written on the same page. Each
  // household is by itself.
  function inOrder({ id, of, path, kind }) {
    if (kind === "household") return id;
    return of && of !== "none" ? of : path;
  }

  // One after the other, in the order in which they were written. One that fails holds up no other.
  async function sendAll(only) {
    const now = await status();
    show("offline-sign-in", Boolean(now) && !now.account);
    if (now && !now.account) await Device.lock();
    if (!now?.account) return now && "signed out";
    let last = {};
    const stuck = new Set();
    for (const item of await mine(now.account)) {
      if ((only && item.id !== only) || stuck.has(inOrder(item))) continue;
      // There was a line a moment ago: a request that is lost is tried again at once.
      for (let tries = 0; tries < 3 && (!tries || last.became === "later"); tries += 1) {
        last = await send(item, now.csrf);
      }
      if (last.became === "shown" && item.kind === "step") return submitSealed(item, now.csrf);
      if (last.became === "later") break;
      if (last.became === "failed") {
        stuck.add(inOrder(item));
        await Device.write("items", { ...item, failed: true });
      } else if (!["applied", "needs_you", "shown", "case_open"].includes(last.became)) {
        await Device.write("items", { ...item, refused: last.became });
      }
    }
    await render();
    return last;
  }

  // What the server says of it stands on the page that it shows now.
  async function sendWaiting() {
    for (let pause = 1000; ; pause = Math.min(pause * 1.5, 10000)) {
      const before = (await Device.items()).length;
      if (!before) return;
      const last = await sendAll();
      if ((await Device.items()).length < before) return location.reload();
      if (last && last.became !== "later") return;
      await pauseOrLine(pause);
    }
  }

  // What this page stands for was typed here and not sent: it waits for the line, then goes on where the form leads.
  async function sendKept() {
    const path = location.pathname + location.search;
    for (let pause = 1000; ; pause = Math.min(pause * 1.5, 10000)) {
      const kept = (await Device.items()).filter((one) => one.path === path && one.kind === "step").pop();
      if (!kept) return location.replace(here.list);
      const last = await sendAll(kept.id);
      if (last?.became === "applied" || last?.became === "needs_you") return location.replace(last.next || here.list);
      if (last?.became === "failed") return location.replace(here.list);
      if (last === "signed out" || last?.became === "shown") return;
      await pauseOrLine(pause);
    }
  }

  // Until the time is over, the browser says that there is a line, or the button is pressed.
  function pauseOrLine(time) {
    const button = document.getElementById("offline-retry");
    return Promise.race([
      wait(time),
      new Promise((done) => addEventListener("online", done, { once: true })),
      new Promise((done) => button?.addEventListener("click", done, { once: true })),
    ]);
  }

  async function reloadWithLine() {
    for (let pause = 1000; ; pause = Math.min(pause * 1.5, 10000)) {
      await pauseOrLine(pause);
      if (await status()) return location.reload();
    }
  }

  async function render() {
    const [all, who] = [await Device.items(), await account()];
    const own = all.filter((one) => who && one.account === who);
    const waiting = all.filter((one) => !one.expired || own.includes(one));
    for (const counter of document.querySelectorAll("[data-unsent]")) {
      counter.hidden = !waiting.length;
      counter.querySelector("[data-count]").textContent = waiting.length;
    }
    if (!list) return;
    list.replaceChildren(...own.map(row));
    const others = waiting.length - own.length;
    show("offline-none", !waiting.length);
    show("offline-send", own.some((one) => !one.expired));
    show("offline-others", Boolean(others));
    document.getElementById("offline-others").querySelector("[data-count]").textContent = others;
  }

  // As everywhere on the pages, whatever language and zone the browser has. Cambodia is always 7 hours ahead.
  function inCambodia(milliseconds) {
    const [, year, month, day, time] = /(\d+)-(\d+)-(\d+)T(\d+:\d+)/.exec(new Date(milliseconds + 25200000).toISOString());
    return `${day}/${month}/${year} ${time}`;
  }

  function row(item) {
    const { content } = document.getElementById("offline-item");
    const one = content.cloneNode(true);
    const [days, age] = [Number(list.dataset.days), Date.now() - item.written];
    const waits = item.failed ? "failed" : "";
    const note = item.expired ? "expired" : item.refused || (age > (days - 1) * 86400000 ? "soon" : waits);
    for (const word of one.querySelectorAll("[data-if]")) word.hidden = !word.dataset.if.split(" ").includes(note);
    for (const word of one.querySelectorAll("[data-kind]")) word.hidden = word.dataset.kind !== item.kind;
    const below = (item.path || "").replace(/^\/\w+\//, "").replace(/\?.*/, "");
    const named = [...one.querySelectorAll("[data-of]")];
    const what = named.find((word) => new RegExp(`^(?:${word.dataset.of})$`).test(below));
    for (const word of named) word.hidden = item.kind !== "step" || word !== (what || named.at(-1));
    one.querySelector("[data-written]").textContent = inCambodia(item.written);
    const button = one.querySelector("[data-forget]");
    button.hidden = !(item.expired || item.refused);
    button.addEventListener("click", () => Device.remove("items", item.id).then(render));
    return one;
  }

  // Whose device it is, and what it takes to write on it offline: renewed in each session, and twice a day.
  async function remember() {
    if (!here.account || !here.key) return;
    const before = await Device.read("device", "device");
    if (before && before.account !== here.account) await Device.signOut();
    const kept = before?.account === here.account ? before : {};
    await Device.write("device", { ...kept, name: "device", account: here.account, key: here.key });
    if (kept.session === here.session && kept.at > Date.now() - 43200000) return;
    fetch(`${here.status}?pack`, { cache: "no-store" }).then((answer) => answer.json()).then(async ({ account: whose, permit, pack }) => {
      const now = await Device.read("device", "device");
      if (permit && now?.account === whose) {
        await Device.write("device", { ...now, permit, pack, session: here.session, at: Date.now() });
      }
    }).catch(() => {}); // with the next page
  }

  // The session was ended by the server, or the desk is locked, and somebody opened a page that is kept here.
  async function lockLeft() {
    if (here.account || !(await Device.read("device", "device"))?.permit) return;
    if ((await status())?.account !== "") return;
    await Device.lock();
    location.reload();
  }

  async function begin() {
    await remember();
    await lockLeft();
    if (here.account) navigator.serviceWorker?.register(here.worker).catch(() => {});
    await Device.expire(Number(here.days));
    await render();
    document.getElementById("offline-send")?.querySelector("button").addEventListener("click", sendWaiting);
    show(instead === "page" ? "offline-page-missing" : `offline-${instead}`, Boolean(instead));
    if (instead === "kept") await sendKept();
    else if (instead === "page") await reloadWithLine();
    else if (list) await sendWaiting();
  }

  // Without IndexedDB nothing is kept, and pages work as they do without this file.
  begin().catch(() => {});
  return { sendAll, status };
})();
