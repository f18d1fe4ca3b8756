// Saves a form while somebody writes: <form data-enhance="autosave" data-copy="name of its copy"> with a hidden
// "version", [data-line] for how it stands, [data-spoken] (role=status) for failure and recovery only, and
// [data-offer] for a copy that an earlier visit left in this browser. Every sentence comes in data-*, {time} in it.
// The server answers {version, saved_at, is_signed_out}, or {message} with 409 or 422.

const PAUSE = 3000; // after the last change
const PATIENCE = 10000; // with one request
const RETRY = 15000;
const NOT_TYPED = ["csrf_token", "version"];

export default function autosave(form) {
  const words = form.dataset;
  const line = form.querySelector("[data-line]");
  const announcer = form.querySelector("[data-spoken]");
  const copy = copyIn(`solicit:${words.copy}`);
  let timer;
  let running;
  let isDirty = false;
  let isFailed = false;
  let isOffline = false;
  let isSignedOut = false;
  let isStopped = false;
  let isWaiting = false;
  let isLeaving = false;

  function touched() {
    isDirty = true;
    if (isFailed || isStopped) copy.keep(typedIn(form));
    schedule(PAUSE);
  }

  function schedule(pause) {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(save, pause);
  }

  function save() {
    running ??= attempt().finally(() => (running = undefined));
    return running;
  }

  async function attempt() {
    clearTimeout(timer);
    isDirty = false;
    const { status, answer } = await post(form);
    isOffline = status === 0;
    if (status === 200) succeed(answer);
    else fail(status, answer);
  }

  function succeed({ version, saved_at, is_signed_out }) {
    form.elements.version.value = version;
    line.textContent = (is_signed_out ? words.signedOut : words.saved).replace("{time}", timeOf(saved_at));
    if (is_signed_out && !isSignedOut) announcer.textContent = line.textContent;
    else if (isFailed) announcer.textContent = words.again;
    isSignedOut = is_signed_out;
    isFailed = false;
    copy.drop();
    if (isDirty) schedule(PAUSE);
  }

  function fail(status, answer) {
    isDirty = true;
    copy.keep(typedIn(form));
    isStopped = status === 409;
    const said = sentence(status, answer);
    if (line.textContent !== said) announcer.textContent = line.textContent = said;
    isFailed = true;
    if (status === 0 || status >= 429) schedule(RETRY);
  }

  function sentence(status, answer) {
    if (status === 0) return words.offline;
    if (status === 400) return words.stale; // signed out elsewhere: the page's token is worth nothing now
    if (status === 401) return words.lost;
    if (status === 409 && answer) return `${answer.message} ${words.stopped}`;
    return answer?.message ?? words.busy;
  }

  // What was typed last is saved before the page is left: without a connection the page stays.
  form.addEventListener("submit", async (event) => {
    if (isWaiting) event.preventDefault();
    if (isWaiting || isLeaving || isStopped || !(running || isDirty)) {
      isLeaving = !isWaiting;
      return;
    }
    event.preventDefault();
    isWaiting = true;
    await running;
    if (isDirty) await save();
    isWaiting = false;
    if (isOffline) return;
    isLeaving = true;
    form.requestSubmit(event.submitter);
  });

  form.addEventListener("input", touched);
  window.addEventListener("online", () => isFailed && schedule(0));
  window.addEventListener("pageshow", () => (isLeaving = false));
  window.addEventListener("pagehide", () => isDirty && !isLeaving && copy.keep(typedIn(form)));
  window.addEventListener("beforeunload", (event) => isDirty && !isLeaving && event.preventDefault());
  offer(form, copy);
  if (isEdited(form)) touched();
}

// Somebody may have typed before this script was there.
function isEdited(form) {
  const served = form.cloneNode(true);
  served.reset();
  return JSON.stringify(typedIn(served)) !== JSON.stringify(typedIn(form));
}

async function post(form) {
  try {
    const response = await fetch(location.pathname, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    const isAnswer = response.headers.get("Content-Type")?.startsWith("application/json") && !response.redirected;
    return { status: isAnswer || !response.ok ? response.status : 400, answer: isAnswer ? await response.json() : null };
  } catch {
    return { status: 0, answer: null };
  }
}

// A text that is in this browser and not on the server: it is offered, and taken only by a press.
function offer(form, copy) {
  const note = form.querySelector("[data-offer]");
  const kept = copy.read();
  if (!kept) return;
  if (JSON.stringify(kept.fields) === JSON.stringify(typedIn(form))) {
    copy.drop();
    return;
  }
  const text = note.querySelector("[data-words]");
  text.textContent = text.dataset.words.replace("{time}", momentOf(kept.at));
  note.hidden = false;
  note.querySelector("[data-use]").addEventListener("click", () => {
    fill(form, kept.fields);
    note.hidden = true;
  });
  note.querySelector("[data-drop]").addEventListener("click", () => {
    copy.drop();
    note.hidden = true;
  });
}

function typedIn(form) {
  const fields = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return fields.filter(([name]) => !NOT_TYPED.includes(name));
}

function fill(form, fields) {
  for (const [name] of fields) {
    if (form.elements[name]) continue;
    const lacking = Object.assign(document.createElement("textarea"), { name, hidden: true });
    form.append(lacking);
  }
  for (const field of form.elements) {
    if (!field.name || field.type === "submit" || NOT_TYPED.includes(field.name)) continue;
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Some browsers refuse to store anything: then there is no copy, and everything else works.
function copyIn(key) {
  return {
    keep: (fields) => attemptTo(() => localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }))),
    read: () => attemptTo(() => JSON.parse(localStorage.getItem(key))),
    drop: () => attemptTo(() => localStorage.removeItem(key)),
  };
}

function attemptTo(act) {
  try {
    return act();
  } catch {
    return null;
  }
}

function timeOf(moment) {
  return format(moment, { hour: "2-digit", minute: "2-digit" });
}

function momentOf(moment) {
  return format(moment, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}

// In UTC and with the day before the month, like every time on the pages.
function format(moment, parts) {
  const language = document.documentElement.lang.replace(/^en$/, "en-GB");
  const options = { ...parts, hourCycle: "h23", timeZone: "UTC", numberingSystem: "latn" };
  return new Intl.DateTimeFormat(language, options).format(new Date(moment));
}
