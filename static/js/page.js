// Loads behaviour only where a page asks for it: <form data-enhance="double bulk">.
// Each module exports one function that takes the element. Without scripts every page still works.

const addresses = document.querySelector("script[data-modules]").dataset;

for (const element of document.querySelectorAll("[data-enhance]")) {
  for (const name of element.dataset.enhance.split(" ")) {
    import(addresses[name] ?? `./${name}.js`)
      .then((module) => module.default(element))
      .catch((error) => console.error(`${name}:`, error));
  }
}

document.querySelector("[data-focus]")?.focus();
