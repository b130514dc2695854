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

// The preview follows what is chosen above it: only its own box is drawn anew, so nothing typed and no place is lost.
(function () {
  "use strict";
  var box = document.querySelector("[data-preview]");
  var form = box && box.closest("form");
  if (!form || !window.fetch || !window.DOMParser) { return; }
  var newest = 0;

  function look() {
    var mine = newest += 1;
    var typed = new URLSearchParams(new FormData(form));
    if (form.method === "post") { typed.set("do", "look"); }
    var asked = form.method === "post"
      ? fetch(form.action, { method: "POST", body: typed })
      : fetch(form.action.split("?")[0] + "?" + typed);
    asked.then(function (answer) { return answer.ok ? answer.text() : ""; }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-preview]");
      if (fresh && mine === newest) { box.replaceChildren.apply(box, Array.from(fresh.childNodes)); }
    }).catch(function () { /* The button under the choices does the same. */ });
  }

  form.querySelectorAll(".preview-choices select").forEach(function (one) { one.addEventListener("change", look); });
}());

// On a telephone the row of tabs is longer than the screen: let the open one be seen.
(function () {
  "use strict";
  var open = document.querySelector(".tabs [aria-current]");
  if (open) { open.scrollIntoView({ block: "nearest", inline: "center" }); }
}());
