import { startList } from "../lists/live.js";
import { startSharing } from "../lists/sharing.js";

const CONTAINER_NEWS = new Set(["create", "destroy", "rename", "start", "die", "pause", "unpause"]);
const place = document.getElementById("images");

/**
 * Images, and the containers that are made from them.
 * @param {Record<string, unknown>} event
 */
function concerns(event) {
  if (event.Type === "image" || event.type === "image") return true;
  const kind = String(event.Action ?? event.status ?? "").split(":")[0] ?? "";
  return CONTAINER_NEWS.has(kind) || !event.Type;
}

if (place) startList(place, { count: "images", concerns, figures: startSharing });
