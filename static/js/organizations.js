// Suggestions for an affiliation: <div data-enhance="organizations" data-url data-filled> around a field whose name ends
// in "affiliation", a <datalist>, [data-status] (role=status) and, perhaps, a field whose name ends in "ror". Choosing a
// suggestion fills in its identifier; typing on takes away again what was filled in, never what a person pasted.

const PAUSE = 300;
const SHORTEST = 2;

export default function organizations(box) {
  const { url, filled } = box.dataset;
  const affiliation = box.querySelector('[name$="affiliation"]');
  const ror = box.querySelector('[name$="ror"]');
  const list = box.querySelector("datalist");
  const status = box.querySelector("[data-status]");
  let timer;
  let running;
  let own = "";

  affiliation.setAttribute("list", list.id);

  async function suggest() {
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      const query = new URLSearchParams({ q: affiliation.value.trim() });
      const response = await fetch(`${url}?${query}`, { signal, headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) list.innerHTML = await response.text();
    } catch {
      // Without suggestions the field is what it was: free text.
    }
  }

  function fillIn() {
    if (!ror) return;
    const chosen = [...list.options].find((option) => option.value === affiliation.value)?.dataset.ror ?? "";
    if (chosen === ror.value || (!chosen && ror.value !== own)) return;
    own = chosen;
    ror.value = chosen;
    ror.dispatchEvent(new Event("input", { bubbles: true }));
    status.textContent = chosen && filled.replace("{ror}", chosen);
  }

  function suggestSoon() {
    clearTimeout(timer);
    if (affiliation.value.trim().length >= SHORTEST) timer = setTimeout(suggest, PAUSE);
  }

  affiliation.addEventListener("input", () => {
    fillIn();
    suggestSoon();
  });
  // Somebody may have typed before this script was there.
  if (document.activeElement === affiliation) suggestSoon();
}
