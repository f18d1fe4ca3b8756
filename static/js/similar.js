// The similar panel: <aside data-enhance="similar" data-url data-source="title" data-language="language" data-failed>
// with [data-panel] for the list, [data-status] (role=status) for its count and [data-kept] for notes on questions
// that are no longer in the list. The fragment's first element says its count in data-announce, in the reader's language.

const PAUSE = 300;

export default function similar(aside) {
  const { url, source, language, failed } = aside.dataset;
  const title = document.getElementsByName(source)[0];
  const panel = aside.querySelector("[data-panel]");
  const status = aside.querySelector("[data-status]");
  const kept = aside.querySelector("[data-kept]");
  let timer;
  let running;

  async function compare() {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    panel.setAttribute("aria-busy", "true");
    try {
      replace(await fetchFragment(address(), signal));
      status.textContent = panel.querySelector("[data-announce]")?.dataset.announce ?? "";
    } catch (error) {
      if (signal.aborted) return;
      // The old list stays, with what was typed into it.
      status.textContent = failed;
      if (!panel.querySelector("ul")) panel.textContent = failed;
    }
    panel.removeAttribute("aria-busy");
  }

  // A note that somebody typed outlives the list: it goes along to the new one, or below it.
  function replace(fragment) {
    const focused = aside.contains(document.activeElement) ? document.activeElement.name : "";
    for (const note of notesIn(panel)) if (note.value.trim()) kept.append(keptItem(note));
    panel.innerHTML = fragment;
    for (const note of notesIn(panel)) {
      const earlier = notesIn(kept).find((each) => each.name === note.name);
      if (!earlier) continue;
      note.value = earlier.value;
      note.closest("details").open = true;
      earlier.closest("li").remove();
    }
    if (focused) [...notesIn(panel), ...notesIn(kept)].find((note) => note.name === focused)?.focus();
  }

  function address() {
    const query = new URLSearchParams({ title: title.value.trim() });
    const chosen = document.getElementsByName(language)[0]?.value;
    if (chosen) query.set("language", chosen);
    return `${url}?${query}`;
  }

  title.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(compare, PAUSE);
  });
  if (title.value.trim() && !panel.querySelector("ul")) compare();
}

function notesIn(place) {
  return [...place.querySelectorAll("textarea")];
}

function keptItem(note) {
  const item = document.createElement("li");
  const label = note.labels[0];
  label.className = "";
  item.append(label, note);
  return item;
}

async function fetchFragment(address, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  // A redirect is the sign-in page, not a list.
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return response.text();
}
