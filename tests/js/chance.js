// A small seeded generator: random splits that come out the same in every run.

/** @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    /** @param {number} below */
    under: (below) => Math.floor(next() * below),
    /** @param {number} length */
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)),
  };
}

/**
 * The same bytes in pieces of random size (empty ones among them).
 * @param {Uint8Array} bytes
 * @param {ReturnType<typeof chance>} random
 * @param {number} largest
 */
export function pieces(bytes, random, largest) {
  const cut = [];
  for (let at = 0; at < bytes.length; ) {
    const size = random.under(largest + 1);
    cut.push(bytes.slice(at, at + size));
    at += size;
  }
  return cut;
}

/**
 * @param {number} stream
 * @param {Uint8Array | string} payload
 */
export function frame(stream, payload) {
  const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const whole = new Uint8Array(8 + body.length);
  whole[0] = stream;
  new DataView(whole.buffer).setUint32(4, body.length);
  whole.set(body, 8);
  return whole;
}

/** @param {Uint8Array[]} parts */
export function join(parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
