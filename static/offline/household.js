// A household that is written without a connection. What is typed is a draft on this device, under a key that
// leaves with whoever signs out; "Keep" encrypts it to the server.
"use strict";

(() => {
  const IDLE = 600000;
  const form = document.querySelector("[data-offline-household]");
  const questions = [...form.querySelectorAll("[data-question]")];
  const part = (id) => document.getElementById(id);
  let device;
  let timer;
  let saving;

  const nameOf = (row) => [field(row, "family_name"), field(row, "given_name")]
    .map((one) => one.value.trim()).filter(Boolean).join(" ");
  const people = () => rows().filter((row) => nameOf(row)).map((row) => [field(row, "row").value, nameOf(row), row.dataset.row]);

  // Each question about health is asked of everybody, and names those whom it concerns.
  function name() {
    for (const question of questions) {
      const place = question.querySelector("[data-people]");
      const chosen = new Set([...place.querySelectorAll(":checked")].map((one) => one.value));
      place.replaceChildren(...people().map(([row, words]) => {
        const one = part("offline-person").content.cloneNode(true);
        const input = one.querySelector("input");
        [input.name, input.value, input.checked] = [question.dataset.question, row, chosen.has(row)];
        one.querySelector("span").textContent = words;
        return one;
      }));
    }
    difficulties();
  }

  // Of whoever has a difficulty, which.
  function difficulties() {
    const place = part("offline-difficulties");
    const told = new Map([...place.querySelectorAll("select")].map((one) => [one.name, one.value]));
    const chosen = new Set([...form.querySelectorAll("[data-question=difficulty] [data-people] :checked")].map((one) => one.value));
    place.replaceChildren(...people().filter(([row]) => chosen.has(row)).map(([, words, number]) => {
      const one = part("offline-six").content.cloneNode(true);
      one.querySelector("legend").textContent = words;
      for (const select of one.querySelectorAll("select")) {
        select.name = select.id = `m${number}-${select.dataset.name}`;
        select.previousElementSibling.htmlFor = select.id;
        select.value = told.get(select.name) || "";
      }
      return one;
    }));
  }

  function fields() {
    const data = new URLSearchParams(new FormData(form));
    data.delete("csrfmiddlewaretoken");
    data.set("permit", device.permit);
    return data.toString();
  }

  function fill(text) {
    const data = new URLSearchParams(text);
    const most = Math.max(...[...data.keys()].map((key) => Number((/^m(\d+)-/.exec(key) || [])[1] || 0)));
    while (rows().length < most) add();
    const put = () => {
      for (const one of form.elements) {
        if (!one.name || !data.has(one.name)) continue;
        if (one.type === "checkbox" || one.type === "radio") one.checked = data.getAll(one.name).includes(one.value);
        else one.value = data.get(one.name);
      }
    };
    put();
    name();
    put();
    difficulties();
    put();
    rows().forEach(showAge);
  }

  function typed() {
    clearTimeout(saving);
    saving = setTimeout(save, 300);
    clearTimeout(timer);
    timer = setTimeout(leave, IDLE);
  }

  const save = () => Device.saveDraft({ account: device.account, path: form.dataset.send, fields: fields() });

  // Nobody was here for ten minutes: it is put away, as an unfinished one, where nobody reads it.
  async function leave() {
    await Device.sealDraft();
    location.replace(form.dataset.list);
  }

  async function keep(event) {
    event.preventDefault();
    clearTimeout(saving);
    const missing = [...form.querySelectorAll("[data-needed]")].find((one) => (one.type === "checkbox" ? !one.checked : !one.value.trim()));
    if (missing) {
      part("offline-missing").hidden = false;
      missing.focus();
      wake(form);
      return;
    }
    clearTimeout(timer);
    await Device.keep({ account: device.account, of: "", path: form.dataset.send, fields: fields(), kind: "household" });
    await Device.dropDraft();
    location.assign(form.dataset.list);
  }

  function villages(groups) {
    const select = form.elements.village_code;
    for (const [commune, found] of groups) {
      const group = Object.assign(document.createElement("optgroup"), { label: commune });
      group.append(...found.map(([code, words]) => new Option(words, code)));
      select.append(group);
    }
  }

  async function begin() {
    device = await Device.read("device", "device");
    if (!device?.permit || !device.pack) {
      part("offline-not-ready").hidden = false;
      return;
    }
    form.hidden = false;
    villages(device.pack.villages);
    const draft = await Device.readDraft();
    if (draft && (draft.account !== device.account || Date.now() - draft.at > IDLE)) await Device.sealDraft();
    else if (draft) fill(draft.fields);
    timer = setTimeout(leave, IDLE);
    form.addEventListener("input", (event) => {
      if (event.target.name.endsWith("_name")) name();
      if (event.target.name === "difficulty") difficulties();
      typed();
    });
    form.addEventListener("submit", keep);
    new MutationObserver(name).observe(form.querySelector("[data-rows]"), { childList: true });
    name();
  }

  begin();
})();
