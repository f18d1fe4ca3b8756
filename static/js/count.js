// Characters left of a text: <textarea data-enhance="count" data-limit data-output="id" data-left data-over>.
// Counted as code points, as the server does. Not announced: the text is the field's description.

export default function count(field) {
  const { limit, output, left, over } = field.dataset;
  const place = document.getElementById(output);
  const format = new Intl.NumberFormat(document.documentElement.lang, { numberingSystem: "latn" });

  function show() {
    const remaining = Number(limit) - [...field.value].length;
    const words = remaining < 0 ? over : left;
    place.textContent = words.replace("{n}", format.format(Math.abs(remaining)));
    place.classList.toggle("over", remaining < 0);
  }

  field.addEventListener("input", show);
  show();
}
