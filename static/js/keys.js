// Single keys on the review pages: <div data-enhance="keys"> holds buttons or links with data-key="n".
// Rendered only for people who have the keys switched on (WCAG 2.1.4), or with a box <input data-keys-switch> that
// switches them in this browser. Off while typing.

const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

const OFF = "single-keys-off";

export default function keys(area) {
  const targets = [...area.querySelectorAll("[data-key]")];
  for (const target of targets) target.setAttribute("aria-keyshortcuts", target.dataset.key);
  const box = area.querySelector("[data-keys-switch]");
  if (box) offerSwitch(area, box);
  show(area, box);

  document.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (box?.checked === false || chord || event.repeat || event.defaultPrevented || event.target.closest(TYPING)) return;
    const pressed = event.key.toLowerCase();
    const target = targets.find((candidate) => candidate.dataset.key.toLowerCase() === pressed);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
}

function offerSwitch(area, box) {
  box.checked = localStorage.getItem(OFF) === null;
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
    show(area, box);
  });
}

// The <kbd> hints.
function show(area, box) {
  area.classList.toggle("keys-on", box?.checked !== false);
}
