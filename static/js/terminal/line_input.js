/**
 * A container without a TTY echoes nothing and edits nothing: its reader gets whole lines, as from a pipe.
 * This is the terminal's side of that: what is typed is shown, can be corrected, and goes with Enter.
 */
export class LineInput {
  #line = "";
  #decoder = new TextDecoder();
  #encoder = new TextEncoder();
  #echo;
  #send;

  /** @param {{echo: (text: string) => void, send: (bytes: Uint8Array) => void}} options */
  constructor({ echo, send }) {
    this.#echo = echo;
    this.#send = send;
  }

  /** @param {Uint8Array} bytes */
  type(bytes) {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text.startsWith("\x1b")) return; // arrows and other keys of an editor: there is none
    for (const character of text) {
      if (character === "\r" || character === "\n") this.#enter();
      else if (character === "\x7f" || character === "\b") this.#backspace();
      else if (character === "\x15") while (this.#line) this.#backspace();
      else if (character >= " " || character === "\t") {
        this.#line += character;
        this.#echo(character);
      }
    }
  }

  #enter() {
    this.#echo("\r\n");
    this.#send(this.#encoder.encode(`${this.#line}\n`));
    this.#line = "";
  }

  #backspace() {
    const characters = Array.from(this.#line);
    if (characters.pop() === undefined) return;
    this.#line = characters.join("");
    this.#echo("\b \b");
  }
}
