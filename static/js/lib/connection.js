/**
 * Say in the frame how the engine is: the dot beside the host's name and the banner under the top line.
 * Pages that hold a live socket call it as they learn of a change.
 * @param {"up"|"down"|"unknown"} state
 * @param {{since?: string|Date, detail?: string}} [more] since: when it went away
 */
export function setConnection(state, more = {}) {
  for (const dot of document.querySelectorAll("[data-host-dot]")) dot.setAttribute("data-state", state);
  const banner = document.getElementById("connection");
  if (!banner) return;
  banner.dataset.state = state;
  banner.hidden = state !== "down";
  const words = banner.querySelector("[data-since-words]");
  const time = banner.querySelector("time");
  if (more.since && time && words instanceof HTMLElement) {
    time.dateTime = new Date(more.since).toISOString();
    words.hidden = false;
  }
  const detail = banner.querySelector("[data-detail]");
  if (detail && more.detail !== undefined) detail.textContent = more.detail;
}
