// The topic map: <div data-enhance="map" data-points data-titles data-questions> with the legend, the
// box with its canvas and the list; data-canvas and data-hands are the addresses of the modules that paint and listen.
// Without script the box holds the same as an SVG with links.

const FARTHEST = 1;
const CLOSEST = 24;
const STEP = 1.5;
const PAN = 60; // pixels for one press of an arrow key
const NEAR = 14; // pixels
const GLIDE = 160; // milliseconds
const SCALE = 4000; // as in solicit/topics/queries/points.py

export default async function map(element) {
  const [{ painter }, { tipOf, choosing, holdAndDrag }, packed] = await Promise.all([
    import(element.dataset.canvas),
    import(element.dataset.hands),
    fetch(element.dataset.points).then((answer) => answer.json()),
  ]);
  const box = element.querySelector(".map");
  const canvas = box.querySelector("canvas");
  const legend = [...element.querySelectorAll(".legend a")];
  const list = [...element.querySelectorAll("li[data-topic]")];
  const scene = sceneOf(packed, legend, list);
  const state = { view: { x: 0.5, y: 0.5, zoom: 1 }, theme: null, topic: null, ring: -1 };

  box.classList.add("live");
  for (const part of [canvas, box.querySelector(".map-tools"), element.querySelector("#map-keys")]) part.hidden = false;
  const paint = painter(canvas, scene);
  const tip = tipOf(element, (i) => labelOf(scene, i));
  let frame = 0;
  let aim = null; // where a glide ends

  function refresh() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      paint.paint(state);
      placeTip();
    });
  }

  function placeTip() {
    const scale = canvas.width / canvas.clientWidth;
    tip.place(paint.places.x[state.ring] / scale, paint.places.y[state.ring] / scale);
  }

  function clamped(view) {
    const zoom = clampedZoom(view.zoom);
    const reach = 0.5 / zoom;
    const inside = (middle) => Math.min(1 - reach, Math.max(reach, middle));
    return { zoom, x: inside(view.x), y: inside(view.y) };
  }

  function look(view) {
    state.view = clamped(view);
    refresh();
  }

  function glide(view) {
    const from = state.view;
    const end = clamped(view);
    const began = performance.now();
    const length = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : GLIDE;
    const step = (now) => {
      if (aim !== end) return;
      const share = length ? Math.min(1, Math.max(0, (now - began) / length)) : 1;
      const between = (name) => from[name] + (end[name] - from[name]) * share;
      look({ zoom: between("zoom"), x: between("x"), y: between("y") });
      if (share < 1) return requestAnimationFrame(step);
      aim = null;
      settle();
    };
    aim = end;
    step(began);
  }

  // Zooms so that what is under this pixel stays under it.
  function zoomed(factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) {
    const view = aim ?? state.view;
    const zoom = clampedZoom(view.zoom * factor);
    const kept = (middle, pixel, size) => middle + (pixel / size - 0.5) * (1 / view.zoom - 1 / zoom);
    return { zoom, x: kept(view.x, x, canvas.clientWidth), y: kept(view.y, y, canvas.clientHeight) };
  }

  function moved(right, down) {
    const view = aim ?? state.view;
    return { ...view, x: view.x + right / canvas.clientWidth / view.zoom, y: view.y + down / canvas.clientHeight / view.zoom };
  }

  function nearest(x, y, within) {
    const scale = canvas.width / canvas.clientWidth;
    let best = -1;
    let least = (within * scale) ** 2;
    for (let i = 0; i < scene.points.n; i += 1) {
      const distance = (paint.places.x[i] - x * scale) ** 2 + (paint.places.y[i] - y * scale) ** 2;
      if (distance < least && (state.theme === null || state.theme === scene.points.theme[i])) {
        best = i;
        least = distance;
      }
    }
    return best;
  }

  function point(ring, says) {
    if (ring !== state.ring) tip.show(ring, says);
    state.ring = ring;
    canvas.style.cursor = ring < 0 ? "grab" : "pointer";
    refresh();
  }

  // By keyboard the point nearest to the middle is the one that Enter opens.
  function settle() {
    if (!canvas.matches(":focus-visible")) return;
    paint.paint(state);
    point(inMiddle(), true);
  }

  function inMiddle() {
    return nearest(canvas.clientWidth / 2, canvas.clientHeight / 2, Infinity);
  }

  function open(ring) {
    if (ring >= 0) location.assign(element.dataset.questions.replace("LABEL", labelOf(scene, ring)));
  }

  const keys = {
    "+": () => zoomed(STEP), "=": () => zoomed(STEP), "-": () => zoomed(1 / STEP),
    0: () => ({ zoom: 1, x: 0.5, y: 0.5 }),
    ArrowLeft: () => moved(-PAN, 0), ArrowRight: () => moved(PAN, 0),
    ArrowUp: () => moved(0, -PAN), ArrowDown: () => moved(0, PAN),
  };

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") return open(state.ring < 0 ? inMiddle() : state.ring);
    if (event.key === "Escape") return point(-1);
    if (!(event.key in keys)) return;
    event.preventDefault();
    glide(keys[event.key]());
  });
  canvas.addEventListener("focus", settle);
  canvas.addEventListener("blur", () => point(-1));

  const tools = { in: () => zoomed(STEP), out: () => zoomed(1 / STEP), all: keys[0] };
  for (const button of box.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => glide(tools[button.dataset.zoom]()));

  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    look(zoomed(Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY));
  }, { passive: false });

  holdAndDrag(canvas, {
    hover: (x, y) => point(nearest(x, y, NEAR)),
    leave: () => point(-1),
    drag: (right, down) => look(moved(-right, -down)),
    pinch: (factor, x, y) => look(zoomed(factor, x, y)),
    press: (x, y) => open(nearest(x, y, NEAR)),
    begin: () => (aim = null),
  });

  const mark = (topic) => {
    state.topic = topic;
    refresh();
  };
  for (const entry of list) {
    for (const name of ["pointerenter", "focusin"]) entry.addEventListener(name, () => mark(Number(entry.dataset.topic)));
    for (const name of ["pointerleave", "focusout"]) entry.addEventListener(name, () => mark(null));
  }

  choosing(element, legend, list, (theme) => {
    state.theme = theme;
    refresh();
  });

  new ResizeObserver(refresh).observe(canvas);
  addEventListener("resize", refresh);
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
    matchMedia(query).addEventListener("change", () => (paint.forgetColours(), refresh()));
  refresh();
}

function clampedZoom(zoom) {
  return Math.min(CLOSEST, Math.max(FARTHEST, zoom));
}

// A group says how far each point is from its middle, and how far each number is from the one before it.
function sceneOf(packed, legend, list) {
  const n = packed.groups.reduce((sum, group) => sum + group.x.length, 0);
  const points = {
    n, x: new Float32Array(n), y: new Float32Array(n), theme: new Uint8Array(n), topic: new Int32Array(n),
    number: new Int32Array(n),
  };
  const names = new Map(list.map((entry) => [Number(entry.dataset.topic), entry.querySelector("a").textContent]));
  const topics = [];
  let i = 0;
  for (const { theme, topic, middle, number, x, y } of packed.groups) {
    let sum = 0;
    for (let k = 0; k < x.length; k += 1, i += 1) {
      sum += number[k];
      points.x[i] = (middle[0] + x[k]) / SCALE;
      points.y[i] = (middle[1] + y[k]) / SCALE;
      points.theme[i] = theme;
      points.topic[i] = topic;
      points.number[i] = sum;
    }
    const name = names.get(topic);
    if (name) topics.push({ id: topic, name, theme, n: x.length, x: middle[0] / SCALE, y: middle[1] / SCALE });
  }
  topics.sort((one, other) => other.n - one.n || one.id - other.id);
  const themes = legend.map((link) => ({ shape: link.dataset.shape, glyph: link.querySelector("svg") }));
  return { points, topics, themes };
}

function labelOf(scene, i) {
  const number = scene.points.number[i];
  return number < 0 ? `P-${-number}` : `Q-${number}`;
}
