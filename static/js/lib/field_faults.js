// What is wrong with a field of a form, said at the field by a script: as templates/containers/_create_field.html says it.

/** @param {string} id @returns {HTMLElement|null} the field, or the first of the rows that stand for it */
function shown(id) {
  const field = document.getElementById(id);
  return field?.hidden ? (field.closest(".form-field")?.querySelector("input") ?? null) : field;
}

/** Unfold what the field is in, and go there. @param {string} id */
export function goToField(id) {
  document.getElementById(id)?.closest("details")?.setAttribute("open", "");
  shown(id)?.focus();
}

/**
 * Select a line of a field with many, or go to the row that stands for it.
 * @param {string} id @param {number} number from 1 on
 */
function goToLine(id, number) {
  goToField(id);
  const text = document.getElementById(id);
  if (!(text instanceof HTMLTextAreaElement)) return;
  if (text.hidden) {
    /** @type {HTMLElement|null|undefined} */ (text.closest(".form-field")?.querySelector(`[data-line="${number}"] input`))?.focus();
    return;
  }
  const lines = text.value.split("\n");
  const start = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
  text.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  text.scrollTop = (text.scrollHeight * (number - 1)) / lines.length - text.clientHeight / 2;
  text.scrollIntoView({ block: "center" });
}

/** Make what is said of single lines lead to them. @param {HTMLElement} form */
export function startLineFaults(form) {
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".errors [data-line]"))) {
    const id = (item.parentElement?.id ?? "").replace(/_error$/, "");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "to-line";
    button.textContent = item.textContent;
    button.addEventListener("click", () => goToLine(id, Number(item.dataset.line)));
    item.replaceChildren(button);
  }
}

/** @param {string} id */
const inputsOf = (id) => /** @type {NodeListOf<HTMLElement>|undefined} */ (document.getElementById(id)?.closest(".form-field")?.querySelectorAll("input, textarea, select")) ?? [];

/** Say it in the place of what was said there before. @param {string} id @param {string} words */
export function sayAtField(id, words) {
  forgetField(id);
  const around = document.getElementById(id)?.closest(".form-field");
  if (!around) return;
  const place = document.createElement("div");
  place.setAttribute("role", "alert");
  const list = document.createElement("ul");
  list.className = "errors";
  list.id = `${id}_error`;
  const item = document.createElement("li");
  item.textContent = words;
  list.append(item);
  place.append(list);
  around.append(place);
  for (const input of inputsOf(id)) {
    input.setAttribute("aria-invalid", "true");
    const before = input.getAttribute("aria-describedby");
    input.setAttribute("aria-describedby", before ? `${before} ${list.id}` : list.id);
  }
}

/** @param {string} id */
export function forgetField(id) {
  const said = `${id}_error`;
  document.getElementById(said)?.parentElement?.remove();
  for (const input of inputsOf(id)) {
    input.removeAttribute("aria-invalid");
    const others = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== said);
    if (others.length) input.setAttribute("aria-describedby", others.join(" "));
    else input.removeAttribute("aria-describedby");
  }
}
