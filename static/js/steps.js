// Moves a line of a list without loading the page again: <form data-enhance="steps"> with buttons [data-step] and the
// list in [data-order]. The server does the step and answers with the page; only the list is taken from it.
// Whatever goes wrong, the button is pressed in the ordinary way.

export default function steps(form) {
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    event.preventDefault();
    const list = await answer(form, button).catch(() => null);
    if (!list) {
      form.requestSubmit(button);
      return;
    }
    form.querySelector("[data-order]").replaceWith(list.order);
    form.elements.version.value = list.version;
    focusAgain(form, button);
  });
}

async function answer(form, button) {
  const body = new FormData(form);
  body.set(button.name, button.value);
  const response = await fetch(location.href, { method: "POST", body, headers: { Accept: "text/html" } });
  if (!response.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const order = page.querySelector("[data-order]");
  return order && { order, version: page.querySelector("[name=version]").value };
}

// On the same button, or on the first of the same line where that step is no longer possible.
function focusAgain(form, button) {
  const line = document.getElementById(`q${button.value.split("-")[1]}`);
  const again = document.getElementById(button.id) ?? line.querySelector("[data-step]");
  again.focus();
  const place = line.querySelector("input").value;
  form.querySelector("[data-spoken]").textContent = `${button.querySelector(".vh").textContent.trim()}: ${place || "–"}`;
}
