// A folder as a tar, made of pieces: the files themselves stay on the reader's disk until they are sent.

const BLOCK = 512;
const LONGEST_NAME = 100;
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** @param {Uint8Array} block @param {number} at @param {number} length @param {number} value */
function octal(block, at, length, value) {
  const digits = value.toString(8).padStart(length - 1, "0");
  for (let index = 0; index < digits.length; index += 1) block[at + index] = digits.charCodeAt(index);
}

/** @param {Uint8Array} name at most 100 bytes @param {number} size @param {number} seconds @param {string} kind */
function header(name, size, seconds, kind) {
  const block = new Uint8Array(BLOCK);
  block.set(name.subarray(0, LONGEST_NAME));
  octal(block, 100, 8, kind === "5" ? FOLDER_MODE : FILE_MODE);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, seconds);
  block.set(new TextEncoder().encode(`        ${kind}`), 148);
  block.set(new TextEncoder().encode("ustar\u000000"), 257);
  octal(block, 148, 7, block.reduce((sum, byte) => sum + byte, 0));
  block[154] = 0;
  return block;
}

/** @param {number} size */
const padding = (size) => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

/**
 * A PAX record, which names its own length.
 * @param {string} key @param {string} value
 */
function record(key, value) {
  const rest = new TextEncoder().encode(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  const whole = new Uint8Array(length);
  whole.set(new TextEncoder().encode(String(length)));
  whole.set(rest, length - rest.length);
  return whole;
}

/**
 * The pieces of a tar with these files, for a Blob. A name that ends in / is that of a folder.
 * @param {Iterable<{name: string, size: number, seconds: number, content: BlobPart}>} files
 * @returns {BlobPart[]}
 */
export function tarPieces(files) {
  /** @type {BlobPart[]} */ const pieces = [];
  for (const { name, size, seconds, content } of files) {
    const bytes = new TextEncoder().encode(name);
    const isLong = bytes.length > LONGEST_NAME || bytes.length !== name.length;
    const records = [...(isLong ? [record("path", name)] : []), ...(size >= 8 ** 11 ? [record("size", String(size))] : [])];
    if (records.length) {
      const length = records.reduce((sum, each) => sum + each.length, 0);
      pieces.push(header(new TextEncoder().encode("pax"), length, seconds, "x"), ...records, padding(length));
    }
    pieces.push(header(bytes, size >= 8 ** 11 ? 0 : size, seconds, name.endsWith("/") ? "5" : "0"), content, padding(size));
  }
  pieces.push(new Uint8Array(2 * BLOCK));
  return pieces;
}
