// Says how many rows are ticked: <form data-enhance="bulk"> with checkboxes named data-name (default "selected"),
// an optional [data-selected="Selected: {n}"] for the words, and an optional checkbox [data-all] for the rows of this page.

export default function bulk(form) {
  const name = form.dataset.name ?? "selected";
  const boxes = [...form.querySelectorAll(`input[type=checkbox][name="${name}"]`)];
  const words = form.querySelector("[data-selected]");
  const all = form.querySelector("[data-all]");
  const format = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    if (words) words.textContent = words.dataset.selected.replace("{n}", format.format(ticked));
    if (!all) return;
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  form.addEventListener("change", (event) => {
    if (event.target === all) for (const box of boxes) box.checked = all.checked;
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
