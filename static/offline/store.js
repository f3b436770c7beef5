// What this device keeps while there is no line: shared by the pages and by the service worker.
// An item is encrypted to the server at once (dsp_platform/encryption/sealed.py), so nobody reads it here again.
"use strict";

const Device = (() => {
  const CURVE = { name: "ECDH", namedCurve: "P-256" };
  const utf8 = (text) => new TextEncoder().encode(text);
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  let database;

  function open() {
    database ||= new Promise((done, fail) => {
      const asked = indexedDB.open("offline", 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore("items", { keyPath: "id" });
        asked.result.createObjectStore("device", { keyPath: "name" });
      };
      asked.onsuccess = () => {
        asked.result.onclose = () => { database = null; };
        done(asked.result);
      };
      asked.onerror = () => fail(asked.error);
    });
    return database;
  }

  // "strict": written to the disk before it counts, so that a battery that dies loses nothing.
  async function run(store, mode, work) {
    const opened = await open();
    return new Promise((done, fail) => {
      const transaction = opened.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => done(asked?.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  }

  const read = (store, name) => run(store, "readonly", (rows) => rows.get(name));
  const write = (store, row) => run(store, "readwrite", (rows) => rows.put(row));
  const remove = (store, name) => run(store, "readwrite", (rows) => rows.delete(name));

  function text64(parts) {
    let text = "";
    for (const part of parts) for (const one of new Uint8Array(part)) text += String.fromCharCode(one);
    return btoa(text);
  }

  async function seal(id, text, key) {
    const { subtle } = crypto;
    const theirs = await subtle.importKey("raw", bytes(key), CURVE, false, []);
    const fresh = await subtle.generateKey(CURVE, false, ["deriveBits"]);
    const point = await subtle.exportKey("raw", fresh.publicKey);
    const bits = await subtle.deriveBits({ name: "ECDH", public: theirs }, fresh.privateKey, 256);
    const shared = await subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
    const derived = { name: "HKDF", hash: "SHA-256", salt: point, info: utf8("dspp sealed text 1") };
    const secret = await subtle.deriveKey(derived, shared, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const nonce = crypto.getRandomValues(new Uint8Array(12));
    const sealing = { name: "AES-GCM", iv: nonce, additionalData: utf8(id) };
    const cipher = await subtle.encrypt(sealing, secret, utf8(text));
    const name = (await subtle.digest("SHA-256", bytes(key))).slice(0, 8);
    return text64([name, point, nonce, cipher]);
  }

  // `of`: the case; `path`: where the form is sent; `fields`: the form as a browser sends it.
  async function keep({ account, of, path, fields, kind }) {
    const device = await read("device", "device");
    if (!device?.key) throw new Error("no key of the server");
    const [id, written] = [crypto.randomUUID(), Date.now()];
    const sealed = await seal(id, JSON.stringify({ account, path, written, fields }), device.key);
    const item = { id, account, of, path, kind, written, sealed };
    await write("items", item);
    return item;
  }

  async function items() {
    const all = await run("items", "readonly", (rows) => rows.getAll());
    return all.sort((one, other) => one.written - other.written);
  }

  // What waited too long is deleted; that it was stays until somebody has read it.
  async function expire(days) {
    const oldest = Date.now() - days * 86400000;
    for (const { id, account, kind, path, written, expired } of await items()) {
      if (written < oldest && !expired) await write("items", { id, account, kind, path, written, expired: true });
      // Of somebody who does not come back to read it.
      if (written < oldest - 30 * 86400000) await remove("items", id);
    }
  }

  // An item whose page was shown again with what is wrong in it: the answer that is right takes its place.
  async function forgetShown({ of, path }) {
    for (const one of await items()) {
      if (one.shown && one.of === of && one.path === path) await remove("items", one.id);
    }
  }

  // What is being typed: under a key that this browser cannot hand out, and that goes when somebody signs out.
  async function draftKey() {
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const known = await read("device", "draft-key");
    if (!known) await write("device", { name: "draft-key", key: made });
    return known?.key || made;
  }

  async function saveDraft({ account, path, fields }) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await draftKey(), utf8(JSON.stringify({ path, fields })));
    await write("device", { name: "draft", account, at: Date.now(), iv, data });
  }

  async function readDraft() {
    const [draft, known] = [await read("device", "draft"), await read("device", "draft-key")];
    if (!draft || !known) return null;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: draft.iv }, known.key, draft.data);
    return { account: draft.account, at: draft.at, ...JSON.parse(new TextDecoder().decode(text)) };
  }

  const dropDraft = () => remove("device", "draft");

  // Encrypted to the server as it stands: nobody reads it here, and nothing of it is lost.
  async function sealDraft() {
    const draft = await readDraft();
    if (!draft) return;
    await keep({ account: draft.account, of: "", path: draft.path, fields: `${draft.fields}&unfinished=yes`, kind: "household" });
    await dropDraft();
  }

  // Who signs out writes nothing here any more. What is not sent stays: it is encrypted.
  async function signOut() {
    await sealDraft();
    for (const name of ["draft", "draft-key", "device"]) await remove("device", name);
  }

  // Nobody is at the desk: nothing half written is read, and nothing new is written in their name. What it
  // takes comes back with the next page that they see.
  async function lock() {
    await sealDraft();
    await remove("device", "draft-key");
    const device = await read("device", "device");
    if (device) await write("device", { name: "device", account: device.account, key: device.key });
  }

  return { forgetShown, saveDraft, readDraft, dropDraft, sealDraft, signOut, lock, read, write, remove, seal, keep, items, expire };
})();
