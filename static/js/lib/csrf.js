/** The token a change must carry; it stands on the body because the cookie is not for scripts. */
export function csrfToken() {
  return document.body.dataset.csrf ?? "";
}

/**
 * Post a form's fields; the answer is for a script, not a page.
 * @param {string} url
 * @param {Record<string, string>|FormData|URLSearchParams} [fields]
 * @param {Record<string, string>} [headers]
 */
export function post(url, fields = {}, headers = {}) {
  const body = new URLSearchParams();
  const pairs = fields instanceof FormData || fields instanceof URLSearchParams ? fields.entries() : Object.entries(fields);
  for (const [name, value] of pairs) if (typeof value === "string") body.append(name, value);
  return fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrfToken(), "X-Fragment": "1", ...headers },
    credentials: "same-origin",
  });
}
