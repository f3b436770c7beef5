// Only a helper: without it all pages stand large below each other.
// With it one page at a time, larger, smaller, turned; by its buttons, or by keys while the pages have the focus.
"use strict";

const STEP = 1.4;
const KEYS = {
  ArrowLeft: "earlier", ArrowRight: "next", PageUp: "earlier_document", PageDown: "document",
  "+": "larger", "=": "larger", "-": "smaller", r: "turn", R: "turn",
};

function view(viewer) {
  const pages = [...viewer.querySelectorAll("figure")];
  if (!pages.length) return;
  const box = viewer.querySelector("[data-pages]");
  const place = viewer.querySelector("[data-place]");
  const looks = pages.map(() => ({ size: 1, turned: 0 }));
  let shown = 0;

  function show(number) {
    shown = (number + pages.length) % pages.length;
    pages.forEach((page, index) => { page.hidden = index !== shown; });
    place.value = `${shown + 1} / ${pages.length}`;
    draw();
    box.scrollTo(0, 0);
  }

  // A turned picture keeps its place on the page: it is moved back to the corner, and the box takes its new sides.
  function draw() {
    const picture = pages[shown].querySelector("img");
    if (!picture) return;
    const { size, turned } = looks[shown];
    const wide = box.clientWidth * size;
    const ratio = picture.getAttribute("height") / picture.getAttribute("width");
    const sideways = turned % 180 !== 0;
    const width = sideways ? wide / ratio : wide;
    picture.style.width = `${width}px`;
    picture.style.height = `${width * ratio}px`;
    const [across, down] = sideways ? [width * ratio, width] : [width, width * ratio];
    const corner = { 0: [0, 0], 90: [across, 0], 180: [across, down], 270: [0, down] }[turned];
    picture.style.transform = `translate(${corner[0]}px, ${corner[1]}px) rotate(${turned}deg)`;
    picture.style.marginBottom = `${down - width * ratio}px`;
  }

  function title(number) {
    return pages[(number + pages.length) % pages.length].dataset.document;
  }

  function documentFrom(direction) {
    for (let step = 1; step <= pages.length; step += 1) {
      const number = shown + direction * step;
      if (title(number) === title(shown)) continue;
      // Backwards too its first page.
      let first = number;
      while (direction < 0 && pages.length > 1 && title(first - 1) === title(number)) first -= 1;
      return first;
    }
    return shown;
  }

  const acts = {
    earlier: () => show(shown - 1),
    next: () => show(shown + 1),
    document: () => show(documentFrom(1)),
    earlier_document: () => show(documentFrom(-1)),
    larger: () => { looks[shown].size = Math.min(6, looks[shown].size * STEP); draw(); },
    smaller: () => { looks[shown].size = Math.max(0.4, looks[shown].size / STEP); draw(); },
    turn: () => { looks[shown].turned = (looks[shown].turned + 90) % 360; draw(); },
  };
  viewer.classList.add("is-live");
  viewer.querySelector("[data-tools]").hidden = false;
  viewer.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
  viewer.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[act]();
  });
  addEventListener("resize", draw);
  show(0);
}

document.querySelectorAll("[data-viewer]").forEach(view);
