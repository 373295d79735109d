// The pull form: what the reference means, with nothing left out, while it is typed.

const READ_AFTER_MS = 200;

const form = /** @type {HTMLFormElement|null} */ (document.getElementById("pull-form"));
const box = document.getElementById("pull-reading");
const unread = document.getElementById("pull-unread");

/** @type {ReturnType<typeof setTimeout>|undefined} */
let waiting;
let asked = 0;

/** @param {HTMLFormElement} of */
async function read(of) {
  const turn = ++asked;
  const fields = new FormData(of);
  const image = String(fields.get("image") ?? "").trim();
  if (!box || !unread) return;
  if (!image) {
    box.hidden = unread.hidden = true;
    return;
  }
  const query = new URLSearchParams({ image, every_tag: fields.get("every_tag") ? "1" : "" });
  const answer = await fetch(`${of.dataset.reading ?? ""}?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (!answer || turn !== asked || answer.redirected) return;
  const found = /** @type {Record<string, string>} */ (await answer.json().catch(() => ({})));
  if (turn !== asked) return;
  box.hidden = !answer.ok;
  unread.hidden = answer.status !== 400;
  unread.textContent = answer.ok ? "" : [found.detail, found.hint].filter(Boolean).join(" ");
  if (!answer.ok) return;
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-part]"))) place.textContent = found[place.dataset.part ?? ""] ?? "";
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => void read(form), READ_AFTER_MS);
});
