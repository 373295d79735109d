import uPlot from "uplot";

// Small charts under each other's clock: one time axis, one pointer. Colours come from the style sheet, so that they
// follow the theme; uPlot sets its styles through the object model, which the content security policy allows.

/** @typedef {import("./history.js").Column} Column */
/** @typedef {{name: string, colour: number, isDashed?: boolean, isFilled?: boolean}} Line a column of the history, and how it is drawn */

const AXIS_PX = 66;
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** @param {string} name */
function colourOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#888";
}

/** @param {number} seconds since the epoch */
export function clockWords(seconds) {
  return clockWithSeconds.format(seconds * 1000);
}

/** @param {number} seconds since the epoch */
export function minuteWords(seconds) {
  return clock.format(seconds * 1000);
}

export class Chart {
  /** @type {uPlot | null} */
  #plot = null;
  /** @type {Line[]} */
  #lines = [];
  #span_s = 900;
  #least = 1;

  /**
   * @param {HTMLElement} place
   * @param {{words: (value: number) => string, least: number, onPointer: (index: number | null) => void}} options
   *   `words`: a figure in text; `least`: the scale never ends below it
   */
  constructor(place, options) {
    this.place = place;
    this.options = options;
    this.#least = options.least;
    new ResizeObserver(() => this.#fit()).observe(place);
  }

  /**
   * @param {number[]} at
   * @param {Line[]} lines
   * @param {Column[]} columns one per line
   * @param {number} span_s
   */
  draw(at, lines, columns, span_s) {
    this.#span_s = span_s;
    const same = lines.length === this.#lines.length && lines.every((line, index) => line.name === this.#lines[index]?.name);
    const table = /** @type {uPlot.AlignedData} */ ([at, ...columns]);
    if (this.#plot && same) this.#plot.setData(table);
    else this.#make(lines, table);
  }

  /** Draw anew in the colours of a theme that changed. */
  repaint() {
    this.#plot?.redraw(false);
  }

  /** @param {Line[]} lines @param {uPlot.AlignedData} table */
  #make(lines, table) {
    this.#plot?.destroy();
    this.#lines = lines;
    const grid = { stroke: () => colourOf("--line"), width: 1 };
    const axis = { stroke: () => colourOf("--soft"), font: "11px system-ui, sans-serif", grid, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        ...this.#size(),
        padding: [8, 26, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: "stats" }, y: false, drag: { x: false, y: false, setScale: false }, points: { size: 6 } },
        scales: {
          x: { time: true, range: (plot) => this.#times(plot) },
          y: { range: (_plot, _lowest, highest) => [0, Math.max(this.#least, (highest ?? 0) * 1.12)] },
        },
        axes: [
          { ...axis, size: 24, gap: 4, space: 70, values: (_plot, splits) => splits.map((each) => (this.#span_s > 120 ? clock : clockWithSeconds).format(each * 1000)) },
          { ...axis, size: AXIS_PX, gap: 6, space: 32, values: (_plot, splits) => splits.map((each) => this.options.words(each)) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            stroke: () => colourOf(`--chart-${line.colour}`),
            ...(line.isFilled ? { fill: () => colourOf(`--chart-${line.colour}-fill`) } : {}),
            ...(line.isDashed ? { dash: [5, 4] } : {}),
            width: 1.5,
            points: { show: false },
          })),
        ],
        hooks: { setCursor: [(plot) => this.options.onPointer(plot.cursor.idx ?? null)] },
      },
      table,
      this.place,
    );
  }

  /** @param {uPlot} plot @returns {[number, number]} */
  #times(plot) {
    const end = plot.data[0]?.at(-1) ?? Date.now() / 1000;
    return [end - this.#span_s, end];
  }

  #size() {
    return { width: Math.max(120, this.place.clientWidth), height: Math.max(90, this.place.clientHeight) };
  }

  #fit() {
    if (this.#plot && (this.#plot.width !== this.#size().width || this.#plot.height !== this.#size().height)) this.#plot.setSize(this.#size());
  }
}
