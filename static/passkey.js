// Passkeys: only on pages that offer them. Without this file a code by text message does the same.
"use strict";

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// Numbers travel as text and are bytes for the browser.
function readable(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) {
    for (const credential of list || []) credential.id = toBytes(credential.id);
  }
  return options;
}

function sendable(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const rawId = toText(credential.rawId);
  return { id: rawId, rawId, type: credential.type, response, clientExtensionResults: {} };
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error("no options");
  const publicKey = readable((await answer.json()).publicKey);
  const creating = form.dataset.passkey === "create";
  return creating ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const place = form.closest("[data-passkey-place]");
  if (!window.PublicKeyCredential) continue;
  place.hidden = false;
  for (const other of document.querySelectorAll("[data-passkey-none]")) other.hidden = true;
  const problem = place.querySelector("[data-passkey-problem]");
  addEventListener("pageshow", () => { form.elements.credential.value = ""; });
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value || event.submitter?.name === "_switch") return;
    event.preventDefault();
    event.stopPropagation();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(sendable(await ask(form)));
      form.requestSubmit();
    } catch (error) {
      // Cancelled, or the phone has none: the person stays here and can try again or use a code.
      problem.hidden = false;
      problem.focus();
    }
  });
}
