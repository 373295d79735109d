import { startDialogForms } from "../lib/dialog_forms.js";
import { startFigures } from "../lists/figures.js";
import { startList } from "../lists/live.js";

const place = document.getElementById("containers");

/** What the dialog saves is the list as it is at that moment. */
function startSaving() {
  startDialogForms();
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-opens="save-view-dialog"]')) return;
    const query = document.querySelector('#save-view-form [name="query"]');
    if (query instanceof HTMLInputElement) query.value = location.search;
  });
}

if (place) {
  startList(place, { count: "containers", figures: (root) => startFigures(root, root.dataset.statsUrl ?? "") });
  startSaving();
}
