"use strict";
// The passkey ceremony: the browser asks, the form carries the answer. Nothing else runs here.
(() => {
  const form = document.getElementById("cle");
  const button = form.querySelector("button");
  const failed = document.getElementById("cle-echec");
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const asked = JSON.parse(form.dataset.options).publicKey;
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const list of [asked.excludeCredentials, asked.allowCredentials])
    for (const one of list || []) one.id = bytes(one.id);

  const plain = (made) => {
    const r = made.response;
    const response = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      response.attestationObject = text(r.attestationObject);
      response.transports = r.getTransports ? r.getTransports() : [];
    } else {
      response.authenticatorData = text(r.authenticatorData);
      response.signature = text(r.signature);
      response.userHandle = r.userHandle ? text(r.userHandle) : null;
    }
    return {
      id: made.id, rawId: text(made.rawId), type: made.type, response,
      authenticatorAttachment: made.authenticatorAttachment || null,
      clientExtensionResults: made.getClientExtensionResults(),
    };
  };

  const ask = async (event) => {
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    try {
      const made = await navigator.credentials[form.dataset.what]({ publicKey: asked });
      form.elements.credential.value = JSON.stringify(plain(made));
      form.submit();
    } catch (error) {
      button.disabled = false;
      failed.hidden = false;
    }
  };
  if (window.PublicKeyCredential) {
    form.addEventListener("submit", ask);
    button.disabled = false;
  } else {
    failed.hidden = false;
  }
})();
