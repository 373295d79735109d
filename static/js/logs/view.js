// The window onto the lines: only the rows in view exist. The scroll bar stands for all lines; where they would be taller
// than a browser can make an element, it is scaled, while the wheel and the keys still move line by line. Wrapped rows
// have any height: the place is kept as (line, pixels of it above the edge), never as a sum of heights.

/**
 * @typedef {import("./store.js").LogStore} LogStore
 * @typedef {import("./rows.js").Rows} Rows
 */

const TALLEST_PX = 8_000_000;
const SETTLE_MS = 300;

export class LogView {
  /**
   * @param {HTMLElement} scroller
   * @param {{spacer: HTMLElement, list: HTMLElement, rows: Rows}} parts
   * @param {{onHollow: (id: number) => void, onFollow: () => void}} hooks
   */
  constructor(scroller, { spacer, list, rows }, hooks) {
    this.scroller = scroller;
    this.spacer = spacer;
    this.list = list;
    this.rows = rows;
    this.hooks = hooks;
    /** @type {LogStore | null} */
    this.store = null;
    this.rowHeight = 20;
    this.isWrapped = false;
    this.isFollowing = true;
    this.anchorId = 0;
    this.anchorPx = 0;
    this.lastTop = 0;
    this.bottomId = 0; // one past the last row in view
    /** @type {Map<number, HTMLElement>} */
    this.elements = new Map();
    this.isAsked = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.settle = undefined;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    scroller.addEventListener("scrollend", () => this.#syncBar(), { passive: true });
    scroller.addEventListener("keydown", (event) => this.#pressed(event));
    new ResizeObserver(() => {
      /** @type {HTMLElement} */ (list.parentElement).style.height = `${this.#viewHeight}px`;
      this.redraw();
    }).observe(scroller);
  }

  /** @param {LogStore} store */
  show(store) {
    this.store = store;
    this.anchorId = store.firstId;
    this.anchorPx = 0;
    this.isFollowing = true;
    this.redraw();
  }

  /** Draw at the next frame. */
  ask() {
    if (this.isAsked) return;
    this.isAsked = true;
    requestAnimationFrame(() => {
      this.isAsked = false;
      this.#draw();
    });
  }

  /** Draw all rows anew: something about their looks has changed. */
  redraw() {
    for (const element of this.elements.values()) element.remove();
    this.elements.clear();
    this.ask();
  }

  /** @param {boolean} isFollowing */
  follow(isFollowing) {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.hooks.onFollow();
    this.ask();
  }

  /**
   * Bring a line into view, about a third from the top, unless it is there already.
   * @param {number} id
   */
  reveal(id) {
    this.follow(false);
    if (id <= this.anchorId || id >= this.bottomId - 1) {
      this.anchorId = id;
      this.anchorPx = 0;
      this.#moveBy(-this.#viewHeight / 3);
    }
    this.redraw();
  }

  /** Never more than the window, even where a style is missing: the rows in view must stay few. */
  get #viewHeight() {
    return Math.min(this.scroller.clientHeight, innerHeight);
  }

  get #visibleRows() {
    return Math.ceil(this.#viewHeight / this.rowHeight) + 1;
  }

  get #fullHeight() {
    return (this.store?.count ?? 0) * this.rowHeight;
  }

  get #height() {
    return Math.min(TALLEST_PX, this.#fullHeight);
  }

  get #isExact() {
    return !this.isWrapped && this.#fullHeight <= TALLEST_PX;
  }

  #scrolled() {
    const top = this.scroller.scrollTop;
    const moved = top - this.lastTop;
    if (Math.abs(moved) < 1 || this.store === null) return;
    this.lastTop = top;
    const bottom = this.scroller.scrollHeight - this.scroller.clientHeight;
    if (top >= bottom - 2) {
      this.follow(true);
      return this.ask();
    }
    this.follow(false);
    if (this.#isExact) this.#place(top / this.rowHeight);
    else if (top <= 0) this.#place(0);
    else if (Math.abs(moved) > this.#viewHeight * 1.5) this.#place((top / Math.max(1, bottom)) * Math.max(0, this.store.count - this.#visibleRows + 1));
    else this.#moveBy(moved);
    this.ask();
    if ("onscrollend" in window) return;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.#syncBar(), SETTLE_MS);
  }

  /**
   * The ends of the log, at once: a browser would glide there, past lines that may not be held.
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || (event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (event.key === "End") this.follow(true);
    else this.toStart();
  }

  /** Show the first line. */
  toStart() {
    this.follow(false);
    this.#place(0);
    this.ask();
    this.#syncBar();
  }

  /** @param {number} row with its fraction, counted from the first line */
  #place(row) {
    const whole = Math.floor(row);
    this.anchorId = (this.store?.firstId ?? 0) + whole;
    this.anchorPx = this.isWrapped ? 0 : (row - whole) * this.rowHeight;
  }

  /** @param {number} px */
  #moveBy(px) {
    if (this.store === null) return;
    this.anchorPx += px;
    while (this.anchorPx < 0 && this.anchorId > this.store.firstId) {
      this.anchorId -= 1;
      this.anchorPx += this.#heightOf(this.anchorId);
    }
    while (this.anchorId < this.store.endId - 1 && this.anchorPx >= this.#heightOf(this.anchorId)) {
      this.anchorPx -= this.#heightOf(this.anchorId);
      this.anchorId += 1;
    }
    this.anchorPx = Math.max(0, this.anchorPx);
  }

  /** @param {number} id */
  #heightOf(id) {
    if (!this.isWrapped) return this.rowHeight;
    const known = this.elements.get(id);
    if (known) return known.offsetHeight;
    const element = this.#element(id);
    this.list.append(element);
    return element.offsetHeight;
  }

  /** @param {number} id */
  #element(id) {
    const known = this.elements.get(id);
    if (known && !known.classList.contains("hollow")) return known;
    const line = this.store?.line(id) ?? null;
    if (known && line === null) return known;
    known?.remove();
    const element = line === null ? this.rows.hollow(id, this.store?.segmentOf(id)?.state === "lost") : this.rows.element(line);
    if (line === null) this.hooks.onHollow(id);
    this.elements.set(id, element);
    return element;
  }

  #draw() {
    const { store } = this;
    if (store === null || this.#viewHeight === 0) return;
    this.#anchorInside();
    if (this.isFollowing) this.#anchorBottom();
    this.#fill();
    this.list.classList.toggle("dated", this.list.querySelector("[data-dated]") !== null);
    this.spacer.style.height = `${this.#height}px`;
    this.list.style.transform = `translateY(${-Math.round(this.anchorPx)}px)`;
    if (this.isFollowing || this.#isExact) this.#syncBar();
  }

  #anchorInside() {
    const { firstId, endId } = /** @type {LogStore} */ (this.store);
    if (this.anchorId < firstId || endId === firstId) {
      this.anchorId = firstId;
      this.anchorPx = 0;
    }
    if (this.anchorId >= endId && endId > firstId) this.anchorId = endId - 1;
  }

  /** The last line's lower edge at the lower edge of the view. */
  #anchorBottom() {
    const { firstId, endId } = /** @type {LogStore} */ (this.store);
    let left = this.#viewHeight;
    let id = endId;
    while (id > firstId && left > 0) {
      id -= 1;
      left -= this.#heightOf(id);
    }
    this.anchorId = id;
    this.anchorPx = Math.max(0, -left);
  }

  /** Make the rows from the anchor down to the lower edge, and no others. */
  #fill() {
    const { endId, firstId } = /** @type {LogStore} */ (this.store);
    for (;;) {
      /** @type {Set<number>} */
      const wanted = new Set();
      let left = this.#viewHeight + this.anchorPx;
      let id = this.anchorId;
      /** @type {HTMLElement | null} */
      let before = null;
      while (id < endId && left > 0) {
        const element = this.#element(id);
        /** @type {ChildNode | null} */
        const next = before === null ? this.list.firstChild : before.nextSibling;
        if (next !== element) this.list.insertBefore(element, next);
        wanted.add(id);
        left -= this.isWrapped ? element.offsetHeight : this.rowHeight;
        before = element;
        id += 1;
      }
      this.bottomId = id;
      for (const [other, element] of this.elements) {
        if (wanted.has(other)) continue;
        element.remove();
        this.elements.delete(other);
      }
      if (left <= 0 || this.isFollowing || this.anchorId <= firstId) return;
      this.isFollowing = true; // the end came into view from above: hold it at the edge, and go on from there
      this.#anchorBottom();
      this.hooks.onFollow();
    }
  }

  #syncBar() {
    const { store, scroller } = this;
    if (store === null) return;
    const bottom = Math.max(0, this.#height - this.#viewHeight);
    let top = bottom;
    if (!this.isFollowing) {
      const row = this.anchorId - store.firstId;
      top = this.#isExact ? row * this.rowHeight + this.anchorPx : Math.min(bottom - 3, (row / Math.max(1, store.count - this.#visibleRows + 1)) * bottom);
      if (row > 0 || this.anchorPx > 0) top = Math.max(1, top);
    }
    if (Math.abs(scroller.scrollTop - top) >= 1) scroller.scrollTop = top;
    this.lastTop = scroller.scrollTop;
  }
}
