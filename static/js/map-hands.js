// What people do with the topic map besides looking: point at questions, choose a theme, drag and pinch.

const TITLE_DELAY = 120; // milliseconds

// What a point is called is asked for when somebody looks at it.
export function tipOf(element, labelOf) {
  const tip = element.querySelector(".tip");
  const said = element.querySelector("[data-said]");
  const known = new Map();
  let shown = -1;
  let timer = 0;

  async function titleOf(label) {
    if (!known.has(label)) {
      const answer = await fetch(element.dataset.titles.replace("LABEL", label));
      if (!answer.ok) return null;
      known.set(label, await answer.json());
    }
    return known.get(label);
  }

  async function say(i, aloud) {
    const label = labelOf(i);
    const found = await titleOf(label).catch(() => null);
    if (shown !== i || !found) return;
    const title = document.createElement("span");
    title.textContent = found.title;
    title.lang = found.language;
    title.dir = "auto";
    const number = document.createElement("bdi");
    number.textContent = `${label} `;
    tip.replaceChildren(number, title);
    tip.hidden = false;
    if (aloud) said.textContent = `${label} ${found.title}`;
  }

  function show(i, aloud) {
    clearTimeout(timer);
    shown = i;
    tip.hidden = true;
    if (i >= 0) timer = setTimeout(say, TITLE_DELAY, i, aloud);
  }

  // Beside the point, on the side that has room.
  function place(x, y) {
    if (shown < 0) return;
    const { clientWidth: width, clientHeight: height } = tip.parentElement;
    tip.style.left = x < width / 2 ? `${x + 14}px` : "auto";
    tip.style.right = x < width / 2 ? "auto" : `${width - x + 14}px`;
    tip.style.top = y < height / 2 ? `${y + 10}px` : "auto";
    tip.style.bottom = y < height / 2 ? "auto" : `${height - y + 10}px`;
  }

  return { show, place };
}

// The links of the legend show one theme alone, or all of them again.
export function choosing(element, legend, list, chosen) {
  element.querySelector("[data-chosen]")?.remove();
  let current = legend.findIndex((link) => link.hasAttribute("aria-current"));

  function choose(place) {
    current = place;
    const key = legend[place]?.dataset.theme;
    legend.forEach((link, i) => link.setAttribute("aria-pressed", String(i === place)));
    for (const entry of list) entry.hidden = Boolean(key) && entry.dataset.theme !== key;
    history.replaceState(null, "", themed(location.href, key));
    for (const link of document.querySelectorAll("[data-themed]")) link.href = themed(link.href, key);
    chosen(place < 0 ? null : place);
  }

  legend.forEach((link, place) => {
    link.setAttribute("role", "button");
    link.removeAttribute("aria-current");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(place === current ? -1 : place);
    });
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  });
  choose(current);
}

// An address that shows one theme alone, or all.
function themed(address, key) {
  const url = new URL(address, location.href);
  if (key) url.searchParams.set("theme", key);
  else url.searchParams.delete("theme");
  return url.href;
}

// One pointer hovers, presses or drags; two pinch.
export function holdAndDrag(canvas, { begin, hover, leave, drag, pinch, press }) {
  const held = new Map();
  let travelled = 0;
  const spread = () => {
    const [one, other] = [...held.values()];
    return { distance: Math.hypot(one.x - other.x, one.y - other.y), x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    if (!held.size) travelled = 0;
    begin();
    held.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return hover(event.offsetX, event.offsetY);
    const apart = held.size === 2 ? spread() : null;
    held.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    travelled += Math.hypot(event.offsetX - before.x, event.offsetY - before.y);
    if (apart) pinch(spread().distance / Math.max(apart.distance, 1), apart.x, apart.y);
    else drag(event.offsetX - before.x, event.offsetY - before.y);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (held.size === 1 && travelled < 5) press(event.offsetX, event.offsetY);
    held.delete(event.pointerId);
  });
  canvas.addEventListener("pointercancel", (event) => held.delete(event.pointerId));
  canvas.addEventListener("pointerleave", leave);
}
