// Paints the topic map: points as shapes, names of topics without collisions, a ring around one point.
// Points are stamped into the pixels one by one: a path per theme takes thirty times as long at 20,000 points.

const MARGIN = 0.04; // as in solicit/web/scatter.py
// How much of a colour covers what is below it, of 256.
const PALE = 36;
const USUAL = 160;
const STRONG = 240;
const LINE = 20;
const LABEL_GAP = 4;
const LONGEST_NAME = 40;
const MANY = 4000;

// A scene has `points` {n, x, y, theme, topic} in arrays (places from 0 to 1), `topics` [{id, name, n, x, y, theme}]
// with the largest first, and `themes` [{shape, glyph}] whose glyph is an element in the theme's colour.
export function painter(canvas, scene) {
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  const inView = { x: new Float32Array(scene.points.n), y: new Float32Array(scene.points.n) };
  let pixels = null;
  let bytes = null;
  let palette = null;
  let stamps = null;
  let stampKey = "";

  function paint({ view, theme, topic, ring }) {
    fit();
    const scale = canvas.width / canvas.clientWidth;
    const places = project(view, canvas.width, canvas.height);
    cutStamps(scale, view.zoom);
    new Uint32Array(bytes.buffer).fill(palette.surface.packed);
    stampAll(places, theme, topic);
    context.putImageData(pixels, 0, 0);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    writeNames(view, theme, topic);
    if (ring >= 0) drawRing(places.x[ring] / scale, places.y[ring] / scale);
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  // The canvas has as many pixels as the screen gives it.
  function fit() {
    const width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio));
    const height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio));
    if (pixels?.width !== width || pixels.height !== height) {
      canvas.width = width;
      canvas.height = height;
      pixels = context.createImageData(width, height);
      bytes = new Uint8Array(pixels.data.buffer);
    }
    palette ??= readPalette();
  }

  function project(view, width, height) {
    const { n, x, y } = scene.points;
    for (let i = 0; i < n; i += 1) {
      inView.x[i] = onScreen(x[i], view.x, view.zoom, width);
      inView.y[i] = onScreen(y[i], view.y, view.zoom, height);
    }
    return inView;
  }

  function readPalette() {
    const box = getComputedStyle(canvas.parentElement);
    return {
      surface: rgb(box.backgroundColor),
      surfaceText: box.backgroundColor,
      ink: getComputedStyle(canvas).color,
      ring: getComputedStyle(canvas).outlineColor,
      font: box.fontFamily,
      themes: scene.themes.map((theme) => rgb(getComputedStyle(theme.glyph).color)),
    };
  }

  function cutStamps(scale, zoom) {
    const small = scene.points.n > MANY ? 2.1 : 3.2;
    const radius = scale * Math.min(6, small * Math.sqrt(zoom));
    const key = `${radius.toFixed(1)} ${pixels.width}`;
    if (key === stampKey) return;
    stamps = scene.themes.map((theme) => stampOf(theme.shape, radius, pixels.width));
    stampKey = key;
  }

  // A marked topic is painted last and strong, the others pale.
  function stampAll(places, theme, topic) {
    const { n, theme: themes, topic: topics } = scene.points;
    const isShown = (i) => theme === null || theme === themes[i];
    if (topic === null) {
      for (let i = 0; i < n; i += 1) if (isShown(i)) stamp(themes[i], USUAL, places.x[i], places.y[i]);
      return;
    }
    for (let i = 0; i < n; i += 1) if (isShown(i) && topics[i] !== topic) stamp(themes[i], PALE, places.x[i], places.y[i]);
    for (let i = 0; i < n; i += 1) if (isShown(i) && topics[i] === topic) stamp(themes[i], STRONG, places.x[i], places.y[i]);
  }

  // Whole numbers throughout: this is the loop that 20,000 points go through for every picture.
  function stamp(theme, opacity, x, y) {
    const { reach, size, n, offset, cover } = stamps[theme];
    const { red, green, blue } = palette.themes[theme];
    const left = Math.round(x) - reach;
    const top = Math.round(y) - reach;
    if (left < 0 || top < 0 || left + size > pixels.width || top + size > pixels.height) return;
    const corner = (top * pixels.width + left) * 4;
    for (let i = 0; i < n; i += 1) {
      const at = corner + offset[i];
      const share = (cover[i] * opacity) >> 8;
      bytes[at] += ((red - bytes[at]) * share) >> 8;
      bytes[at + 1] += ((green - bytes[at + 1]) * share) >> 8;
      bytes[at + 2] += ((blue - bytes[at + 2]) * share) >> 8;
    }
  }

  // The largest topics first; a name that would touch one already written waits for a closer look.
  function writeNames(view, theme, topic) {
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    context.font = `650 14px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    const taken = buttons();
    const marked = scene.topics.filter((each) => each.id === topic);
    for (const each of [...marked, ...scene.topics]) {
      if (theme !== null && theme !== each.theme) continue;
      const middle = onScreen(each.x, view.x, view.zoom, width);
      const y = onScreen(each.y, view.y, view.zoom, height);
      const half = (each.width ??= context.measureText(shortened(each.name)).width) / 2 + LABEL_GAP;
      if (middle < 0 || middle > width || y < LINE / 2 || y > height - LINE / 2) continue;
      const x = Math.min(Math.max(middle, half), width - half);
      const box = [x - half, x + half, y - LINE / 2, y + LINE / 2];
      if (taken.some((other) => touch(box, other))) continue;
      taken.push(box);
      context.strokeStyle = palette.surfaceText;
      context.strokeText(shortened(each.name), x, y);
      context.fillStyle = palette.ink;
      context.fillText(shortened(each.name), x, y);
    }
  }

  // No name goes below the buttons, where they lie on the map.
  function buttons() {
    const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = canvas.parentElement.querySelector(".map-tools");
    return [[offsetLeft, offsetLeft + offsetWidth, offsetTop, offsetTop + offsetHeight]];
  }

  function drawRing(x, y) {
    context.strokeStyle = palette.ring;
    context.lineWidth = 3;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }

  return { paint, places: inView, forgetColours: () => (palette = null) };
}

// Where a place from 0 to 1 is on a screen of this size, seen from `middle`.
export function onScreen(place, middle, zoom, size) {
  return (MARGIN + place * (1 - 2 * MARGIN) - middle) * zoom * size + size / 2;
}

function shortened(name) {
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1).trimEnd()}…`;
}

function touch(one, other) {
  return one[0] < other[1] && other[0] < one[1] && one[2] < other[3] && other[2] < one[3];
}

// Any colour that the style sheet may name, as numbers.
function rgb(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const { data } = context.getImageData(0, 0, 1, 1);
  return { red: data[0], green: data[1], blue: data[2], packed: new Uint32Array(data.buffer)[0] };
}

// The pixels that a shape covers, where their bytes are in a picture of this width, and how much of each (of 256).
function stampOf(shape, radius, width) {
  const reach = Math.ceil(radius) + 1;
  const size = 2 * reach + 1;
  const context = new OffscreenCanvas(size, size).getContext("2d");
  context.translate(reach + 0.5, reach + 0.5);
  trace(context, shape, radius);
  context.fill();
  const { data } = context.getImageData(0, 0, size, size);
  const covered = Array.from({ length: size * size }, (_, i) => i).filter((i) => data[i * 4 + 3] > 0);
  return {
    reach,
    size,
    n: covered.length,
    offset: Int32Array.from(covered, (i) => (Math.floor(i / size) * width + (i % size)) * 4),
    cover: Int32Array.from(covered, (i) => data[i * 4 + 3] + 1),
  };
}

function trace(context, shape, r) {
  const corners = {
    triangle: [[0, -1.1], [1.1, 0.9], [-1.1, 0.9]],
    diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  }[shape];
  context.beginPath();
  if (corners) corners.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x * r, y * r));
  else context.arc(0, 0, r, 0, 2 * Math.PI);
  context.closePath();
}
