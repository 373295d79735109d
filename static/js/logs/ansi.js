// Colours in log lines, our own way: one pass over the text, no regular expressions, no HTML. SGR sequences become class
// names, every other escape sequence is dropped, other control characters become their pictures (␍, ␀), so that nothing
// a container writes can act or hide. Sequences that never end are shown, not swallowed.

/**
 * @typedef {object} Piece
 * @property {string} text
 * @property {string} classes class names; "" for plain text
 */

const ESC = 0x1b;
const BEL = 0x07;
const ST = 0x9c;
const CSI = 0x9b;

/** Style state of a line. Colours: -1 none, 0–255 palette, 0x1000000 + rgb true colour. */
class Style {
  fg = -1;
  bg = -1;
  isBold = false;
  isDim = false;
  isItalic = false;
  isUnderlined = false;
  isInverse = false;
  isStruck = false;

  reset() {
    this.fg = -1;
    this.bg = -1;
    this.isBold = this.isDim = this.isItalic = this.isUnderlined = this.isInverse = this.isStruck = false;
  }

  classes() {
    const names = [];
    const fg = this.isInverse ? this.bg : this.fg;
    const bg = this.isInverse ? this.fg : this.bg;
    if (fg >= 0) names.push(colourClass("f", fg));
    else if (this.isInverse) names.push("fi");
    if (bg >= 0) names.push(colourClass("b", bg));
    else if (this.isInverse) names.push("bi");
    if (this.isBold) names.push("ab");
    if (this.isDim) names.push("ad");
    if (this.isItalic) names.push("ai");
    if (this.isUnderlined) names.push("au");
    if (this.isStruck) names.push("as");
    return names.join(" ");
  }
}

/**
 * @param {"f" | "b"} side
 * @param {number} colour
 */
function colourClass(side, colour) {
  return colour < 256 ? `${side}${colour}` : `${side}x${(colour & 0xffffff).toString(16).padStart(6, "0")}`;
}

/**
 * @param {number} code
 */
function isIntroducer(code) {
  return code === 0x5d || code === 0x50 || code === 0x58 || code === 0x5e || code === 0x5f; // OSC DCS SOS PM APC
}

/** Where the string sequences of a text end; looked up once, so that a thousand unfinished ones cost nothing. */
class Terminators {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.next = -2; // not looked for yet
  }

  /**
   * Index after the first terminator at or behind `at`; -1: there is none.
   * @param {number} at
   */
  after(at) {
    if (this.next === -1 || this.next > at) return this.next;
    const { text } = this;
    for (let index = at; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === BEL || code === ST) return (this.next = index + 1);
      if (code === ESC && text.charCodeAt(index + 1) === 0x5c) return (this.next = index + 2);
    }
    return (this.next = -1);
  }
}

/**
 * End of the escape sequence at `at` (an ESC or a C1 CSI). For SGR, `apply` gets its parameters.
 * @param {string} text
 * @param {number} at
 * @param {Terminators} terminators
 * @param {((parameters: string) => void) | null} apply
 */
function sequenceEnd(text, at, terminators, apply) {
  let index = at + 1;
  if (text.charCodeAt(at) === ESC) {
    const kind = text.charCodeAt(index);
    if (Number.isNaN(kind)) return index;
    if (isIntroducer(kind)) {
      const end = terminators.after(index + 1);
      return end < 0 ? index + 1 : end;
    }
    if (kind !== 0x5b) {
      while (text.charCodeAt(index) >= 0x20 && text.charCodeAt(index) <= 0x2f) index += 1;
      const final = text.charCodeAt(index);
      return final >= 0x30 && final <= 0x7e ? index + 1 : index;
    }
    index += 1;
  }
  const start = index;
  while (text.charCodeAt(index) >= 0x20 && text.charCodeAt(index) <= 0x3f) index += 1;
  const final = text.charCodeAt(index);
  if (!(final >= 0x40 && final <= 0x7e)) return index;
  if (final === 0x6d && apply !== null) apply(text.slice(start, index));
  return index + 1;
}

/**
 * @param {Style} style
 * @param {string} parameters "1;38;5;196", colons allowed within colours
 */
function applySgr(style, parameters) {
  if (/[^0-9;:]/.test(parameters)) return; // private: not a rendition
  const groups = parameters.split(";");
  for (let index = 0; index < groups.length; index++) {
    const group = /** @type {string} */ (groups[index]);
    const parts = group.split(":");
    const code = Number(parts[0]);
    if (code === 38 || code === 48) {
      const [colour, used] = parts.length > 1 ? [subColour(parts), 0] : flatColour(groups, index + 1);
      index += used;
      if (colour !== null) style[code === 38 ? "fg" : "bg"] = colour;
    } else if (code === 58 && parts.length === 1) {
      index += flatColour(groups, index + 1)[1];
    } else if (parts.length === 1 || code === 4) {
      applyCode(style, code, parts[1]);
    }
  }
}

/**
 * @param {string[]} groups
 * @param {number} at
 * @returns {[number | null, number]} the colour and how many parameters told it
 */
function flatColour(groups, at) {
  if (groups[at] === "5") return [paletteColour(groups[at + 1]), 2];
  if (groups[at] === "2") return [trueColour(groups[at + 1], groups[at + 2], groups[at + 3]), 4];
  return [null, 1];
}

/** @param {string[]} parts 38:5:n, 38:2:r:g:b or 38:2::r:g:b */
function subColour(parts) {
  if (parts[1] === "5") return paletteColour(parts[2]);
  if (parts[1] !== "2") return null;
  const at = parts.length > 5 ? 3 : 2;
  return trueColour(parts[at], parts[at + 1], parts[at + 2]);
}

/** @param {string | undefined} value */
function paletteColour(value) {
  const colour = Number(value ?? "");
  return colour <= 255 ? colour : null;
}

/**
 * @param {string | undefined} red
 * @param {string | undefined} green
 * @param {string | undefined} blue
 */
function trueColour(red, green, blue) {
  const [r, g, b] = [Number(red ?? ""), Number(green ?? ""), Number(blue ?? "")];
  return r <= 255 && g <= 255 && b <= 255 ? 0x1000000 + r * 65536 + g * 256 + b : null;
}

/**
 * @param {Style} style
 * @param {number} code
 * @param {string | undefined} detail
 */
function applyCode(style, code, detail) {
  if (code >= 30 && code <= 37) style.fg = code - 30;
  else if (code >= 40 && code <= 47) style.bg = code - 40;
  else if (code >= 90 && code <= 97) style.fg = code - 82;
  else if (code >= 100 && code <= 107) style.bg = code - 92;
  else if (code === 0) style.reset();
  else if (code === 1) style.isBold = true;
  else if (code === 2) style.isDim = true;
  else if (code === 3) style.isItalic = true;
  else if (code === 4) style.isUnderlined = detail !== "0";
  else if (code === 7) style.isInverse = true;
  else if (code === 9) style.isStruck = true;
  else if (code === 21) style.isUnderlined = true;
  else if (code === 22) style.isBold = style.isDim = false;
  else if (code === 23) style.isItalic = false;
  else if (code === 24) style.isUnderlined = false;
  else if (code === 27) style.isInverse = false;
  else if (code === 29) style.isStruck = false;
  else if (code === 39) style.fg = -1;
  else if (code === 49) style.bg = -1;
}

/** @param {number} code */
function isControl(code) {
  return (code < 0x20 && code !== 9) || (code >= 0x7f && code <= 0x9f);
}

/** @param {number} code */
function picture(code) {
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/**
 * A line's text in pieces of one look each. Every line starts plain: colours do not leak from one line to the next.
 * @param {string} text
 * @returns {Piece[]}
 */
export function parseAnsi(text) {
  /** @type {Piece[]} */
  const pieces = [];
  const style = new Style();
  const terminators = new Terminators(text);
  let classes = "";
  let run = "";
  let start = 0; // of the plain text not yet in `run`
  const flush = () => {
    if (run !== "") pieces.push({ text: run, classes });
    run = "";
  };
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (!isControl(code)) {
      at += 1;
      continue;
    }
    run += text.slice(start, at);
    if (code === ESC || code === CSI) {
      at = sequenceEnd(text, at, terminators, (parameters) => {
        flush();
        applySgr(style, parameters);
        classes = style.classes();
      });
    } else {
      run += picture(code);
      at += 1;
    }
    start = at;
  }
  run += text.slice(start);
  flush();
  return pieces;
}

/**
 * The same text without its colours: what a reader sees, what search looks through, what copy takes.
 * @param {string} text
 */
export function visibleText(text) {
  const pieces = parseAnsi(text);
  return pieces.length === 1 ? /** @type {Piece} */ (pieces[0]).text : pieces.map((piece) => piece.text).join("");
}

/** @typedef {[number, number, number]} Rgb */

/** @type {Rgb} */
const GROUND = [13, 17, 23]; // --log-ground
const READABLE = 4.5; // WCAG AA

/**
 * The CSS rules a colour class needs; none for the classes that the style sheet has (the first 16 and the attributes).
 * A colour too dark to be read on our ground is lightened, unless the line sets a ground of its own.
 * @param {string} name
 */
export function colourRules(name) {
  const rgb = namedColour(name);
  if (rgb === null) return [];
  if (name.startsWith("b")) return [`.log-rows .${name}{background-color:${css(rgb)}}`];
  return [`.log-rows .${name}{color:${css(readable(rgb))}}`, `.log-rows .${name}[class*=" b"]{color:${css(rgb)}}`];
}

/**
 * @param {string} name
 * @returns {Rgb | null}
 */
function namedColour(name) {
  const hex = /^[fb]x([0-9a-f]{6})$/.exec(name)?.[1];
  if (hex !== undefined) {
    const value = parseInt(hex, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  const number = Number(/^[fb](\d+)$/.exec(name)?.[1] ?? NaN);
  return number >= 16 && number <= 255 ? paletteRgb(number) : null;
}

/**
 * @param {number} colour 16–255 of the xterm palette
 * @returns {Rgb}
 */
function paletteRgb(colour) {
  if (colour >= 232) {
    const grey = 8 + (colour - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (/** @type {number} */ step) => (step === 0 ? 0 : 55 + step * 40);
  const index = colour - 16;
  return [level(Math.floor(index / 36)), level(Math.floor(index / 6) % 6), level(index % 6)];
}

/** @param {Rgb} rgb */
function css(rgb) {
  return `rgb(${rgb.join(" ")})`;
}

/** @param {Rgb} rgb */
function luminance(rgb) {
  const [r, g, b] = /** @type {Rgb} */ (rgb.map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4)));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * @param {Rgb} rgb
 * @returns {Rgb}
 */
function readable(rgb) {
  let lifted = rgb;
  for (let share = 0.1; share < 1 && (luminance(lifted) + 0.05) / (luminance(GROUND) + 0.05) < READABLE; share += 0.1) {
    lifted = /** @type {Rgb} */ (rgb.map((part) => Math.round(part + (255 - part) * share)));
  }
  return lifted;
}
