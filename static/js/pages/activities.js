import { morphById } from "../lib/morph.js";

// The list follows the tray: whenever something begins, moves or ends, it is fetched again.

const AT_MOST_EVERY_MS = 1000;
let isBusy = false;
let isAskedAgain = false;

async function look() {
  if (isBusy) {
    isAskedAgain = true;
    return;
  }
  isBusy = true;
  const answer = await fetch(location.href, { headers: { "X-Fragment": "1", Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && !answer.redirected) morphById(await answer.text());
  setTimeout(() => {
    isBusy = false;
    if (isAskedAgain) {
      isAskedAgain = false;
      void look();
    }
  }, AT_MOST_EVERY_MS);
}

document.addEventListener("dockerweb:activities", () => void look());
