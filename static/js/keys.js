// Single keys on the review pages: <div data-enhance="keys"> holds buttons or links with data-key="n".
// Rendered only for people who have the keys switched on (WCAG 2.1.4). Off while typing.

const TYPING = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

export default function keys(area) {
  const targets = [...area.querySelectorAll("[data-key]")];
  for (const target of targets) target.setAttribute("aria-keyshortcuts", target.dataset.key);
  area.classList.add("keys-on"); // shows the <kbd> hints

  document.addEventListener("keydown", (event) => {
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (chord || event.repeat || event.defaultPrevented || event.target.closest(TYPING)) return;
    const pressed = event.key.toLowerCase();
    const target = targets.find((candidate) => candidate.dataset.key.toLowerCase() === pressed);
    if (!target) return;
    event.preventDefault();
    target.click();
  });
}
