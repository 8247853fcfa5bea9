"use strict";
// A draft is kept at each field: the page's own form, sent as it is. Without this, at each page.
(() => {
  const form = document.getElementById("brouillon");
  const told = document.getElementById("garde");
  let waits = null;
  const keep = async () => {
    const body = new FormData(form);
    body.set("suite", "garder");
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      const now = new Date();
      const hour = now.toLocaleTimeString(document.documentElement.lang,
        { hour: "2-digit", minute: "2-digit" });
      told.textContent = answer.status === 204 ? `${form.dataset.kept} ${hour}` : form.dataset.failed;
    } catch (error) {
      told.textContent = form.dataset.failed;
    }
  };
  form.addEventListener("change", () => {
    clearTimeout(waits);
    waits = setTimeout(keep, 300);
  });
  form.addEventListener("submit", () => clearTimeout(waits));
})();
