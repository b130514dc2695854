// Looks every other second whether something new is on the phone, and draws it anew unless somebody is writing.
(() => {
  "use strict";
  const main = document.querySelector("main[data-mark]");
  const field = document.getElementById("text");
  const last = document.querySelector(".chat article:last-child");
  if (last) last.scrollIntoView({ block: "end" });
  setInterval(async () => {
    if (field.value) return;
    try {
      const answer = await fetch(location.pathname + "/mark");
      if (answer.ok && (await answer.text()) !== main.dataset.mark) location.replace(location.pathname);
    } catch { /* the next look may do better */ }
  }, 2000);
})();
