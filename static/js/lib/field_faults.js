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
