// The code of an invitation stands behind the # of its link, which browsers send to nobody. Without this file
// it is pasted into the field.
"use strict";

const field = document.querySelector("[data-invitation] [name=code]");
const code = decodeURIComponent(location.hash.slice(1));
if (field && code) {
  if (!field.value) field.value = code;
  // Nor does it stay in the history of the browser.
  history.replaceState(null, "", location.pathname + location.search);
}
