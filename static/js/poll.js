// Progress of a job: <section data-enhance="poll" data-url> with [data-panel] for the fragment and
// [data-status] (role=status). The fragment's first element says data-step="Step 3 of 4: …" and,
// when the job has ended, data-ended. Only a change of step is announced.

const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 10000;

export default function poll(section) {
  const panel = section.querySelector("[data-panel]");
  const status = section.querySelector("[data-status]");
  let pause = FIRST_PAUSE;

  async function refresh() {
    try {
      const response = await fetch(section.dataset.url, { headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) show(await response.text());
    } catch {
      // No connection: the next turn may have one.
    }
    if (panel.querySelector("[data-ended]")) return;
    pause = Math.min(pause * 1.5, LONGEST_PAUSE);
    setTimeout(refresh, pause);
  }

  function show(fragment) {
    const hadFocus = panel.contains(document.activeElement);
    const focusId = hadFocus ? document.activeElement.id : "";
    const openDetails = panel.querySelector("details")?.open;
    panel.innerHTML = fragment;
    if (openDetails) panel.querySelector("details")?.setAttribute("open", "");
    if (focusId) document.getElementById(focusId)?.focus();

    const step = panel.querySelector("[data-step]")?.dataset.step ?? "";
    if (status.textContent !== step) status.textContent = step;
  }

  if (!panel.querySelector("[data-ended]")) setTimeout(refresh, pause);
}
