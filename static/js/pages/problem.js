// The engine (or Dockerweb) could not answer: look again from time to time, and show the page once it can be shown.

const AGAIN_MS = 4000;

async function look() {
  if (!document.hidden) {
    const answer = await fetch(location.href, { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" }).catch(() => null);
    if (answer && answer.status < 500) {
      location.reload();
      return;
    }
  }
  setTimeout(() => void look(), AGAIN_MS);
}

setTimeout(() => void look(), AGAIN_MS);
