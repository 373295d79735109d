// Text out of bytes that were cut anywhere: one decoder per stream, so that a character split over two frames is one
// character, and bytes that are no UTF-8 become U+FFFD without disturbing what follows.

export class Utf8Streams {
  constructor() {
    /** @type {Map<number, TextDecoder>} */
    this.decoders = new Map();
  }

  /**
   * The text these bytes complete; the beginning of an unfinished character is kept for the next call.
   * @param {number} stream
   * @param {Uint8Array} bytes
   */
  decode(stream, bytes) {
    let decoder = this.decoders.get(stream);
    if (decoder === undefined) {
      decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      this.decoders.set(stream, decoder);
    }
    return decoder.decode(bytes, { stream: true });
  }

  /**
   * What remained unfinished at the end of a stream, as replacement characters.
   * @param {number} stream
   */
  end(stream) {
    const rest = this.decoders.get(stream)?.decode() ?? "";
    this.decoders.delete(stream);
    return rest;
  }
}

const whole = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The text of bytes that are complete.
 * @param {Uint8Array} bytes
 */
export function textOf(bytes) {
  return whole.decode(bytes);
}
