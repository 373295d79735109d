// Files and whole folders, as they are dropped or chosen.

/** @typedef {{file: File, folders: string[]}} Found a file, and the folders that it comes in */

/**
 * One thing that was dropped, a folder with all that is in it.
 * @param {FileSystemEntry} entry @param {string[]} folders
 * @returns {Promise<(Found|string[])[]>} folders alone stand for one that is empty
 */
async function filesOf(entry, folders) {
  if (entry.isFile) {
    const file = await new Promise((resolve) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, () => resolve(null)));
    return file ? [{ file, folders }] : [];
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {(Found|string[])[]} */ const found = [];
  for (;;) {
    /** @type {FileSystemEntry[]} */ const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return found.length ? found : [[...folders, entry.name]];
    for (const each of some) found.push(...(await filesOf(each, [...folders, entry.name])));
  }
}

/**
 * What was dropped, folders with all that is in them.
 * @param {DataTransfer} transfer
 * @returns {Promise<(Found|string[])[]>} folders alone stand for one that is empty
 */
export async function dropped(transfer) {
  // All must be taken from the event before anything is waited for.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const things = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = things.map(({ entry, file }) => (entry ? filesOf(entry, []) : file ? [{ file, folders: [] }] : []));
  return (await Promise.all(found)).flat();
}

/**
 * What was chosen; files of a chosen folder know where in it they are.
 * @param {FileList|null} files
 * @returns {Found[]}
 */
export function chosen(files) {
  return [...(files ?? [])].map((file) => ({ file, folders: file.webkitRelativePath.split("/").slice(0, -1) }));
}
