// Paths that differ from the image, as a tree.

/** @typedef {"added" | "changed" | "deleted"} Kind */
/** @typedef {{path: string, kind: Kind}} Change */
/** @typedef {{name: string, kind: Kind | null, children: Map<string, Node>, below: number}} Node `kind` null: it stands here for what is below; `below`: changes below it */

/** @param {Change[]} changes @returns {Node} */
export function treeOf(changes) {
  /** @type {Node} */
  const root = { name: "", kind: null, children: new Map(), below: 0 };
  for (const { path, kind } of changes) {
    let node = root;
    for (const name of path.split("/").filter((step) => step !== "")) {
      node.below += 1;
      let child = node.children.get(name);
      if (!child) node.children.set(name, (child = { name, kind: null, children: new Map(), below: 0 }));
      node = child;
    }
    if (node !== root) node.kind = kind;
  }
  return root;
}

/**
 * Which folders are open at first: from the top down, as long as no more than so many lines are shown.
 * @param {Node} root
 * @param {number} most
 * @returns {Set<Node>}
 */
export function openFirst(root, most) {
  /** @type {Set<Node>} */
  const open = new Set();
  let shown = root.children.size;
  const waiting = [...root.children.values()];
  for (let node = waiting.shift(); node; node = waiting.shift()) {
    if (!node.children.size || shown + node.children.size > most) continue;
    shown += node.children.size;
    open.add(node);
    waiting.push(...node.children.values());
  }
  return open;
}
