// The similar panel: <aside data-enhance="similar" data-url data-source="title" data-language="language" data-failed>
// with [data-panel] for the list and [data-status] (role=status) for its count.
// The fragment's first element says its count in data-announce, in the reader's language.

const PAUSE = 300;

export default function similar(aside) {
  const { url, source, language, failed } = aside.dataset;
  const title = document.getElementsByName(source)[0];
  const panel = aside.querySelector("[data-panel]");
  const status = aside.querySelector("[data-status]");
  let timer;
  let running;

  async function compare() {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    panel.setAttribute("aria-busy", "true");
    try {
      const fragment = await fetchFragment(address(), signal);
      panel.innerHTML = fragment;
      status.textContent = panel.querySelector("[data-announce]")?.dataset.announce ?? "";
    } catch (error) {
      if (signal.aborted) return;
      panel.textContent = failed;
      status.textContent = failed;
    }
    panel.removeAttribute("aria-busy");
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
}

async function fetchFragment(address, signal) {
  const response = await fetch(address, { signal, headers: { Accept: "text/html" } });
  // A redirect is the sign-in page, not a list.
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  return response.text();
}
