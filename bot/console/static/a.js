// Passkeys at the door: one button asks the device, and its answer goes back in an ordinary form.
(function () {
  "use strict";
  var form = document.querySelector("form[data-passkey]");
  var known = window.PublicKeyCredential;
  if (!form || !known || !known.parseCreationOptionsFromJSON || !known.parseRequestOptionsFromJSON) { return; }
  var failed = document.querySelector("[data-failed]");
  var button = form.querySelector("button");
  button.disabled = false;
  document.querySelector("[data-old]").hidden = true;

  function ask() {
    var options = JSON.parse(form.dataset.options);
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
      : navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) });
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    ask().then(function (credential) {
      form.elements.answer.value = JSON.stringify(credential.toJSON());
      form.submit();
    }).catch(function () {
      button.disabled = false;
      failed.hidden = false;
      button.focus();
    });
  });
}());
