// Ignores a second press of a send button: <form data-enhance="double">.
// The server refuses doubles as well; this only spares people the wait.

const FORGET_AFTER = 8000; // a stopped or failed request may be sent again

export default function double(form) {
  let sent = false;

  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    setTimeout(() => (sent = false), FORGET_AFTER);
  });

  window.addEventListener("pageshow", () => (sent = false));
}
