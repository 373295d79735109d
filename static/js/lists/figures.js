import { sizeWords } from "../lib/bytes.js";
import { openSocket } from "../streams/socket.js";

// CPU and memory of the rows in view, from one socket. It is told what is in view whenever that changes.

/**
 * @typedef {object} Sample
 * @property {string} id
 * @property {number | null} cpu_percent
 * @property {number | null} cpus
 * @property {number | null} memory_bytes
 * @property {number | null} memory_limit_bytes
 * @property {number | null} memory_percent
 */

const MOST = 50;

/** @param {number} percent */
export function percentWords(percent) {
  return `${percent >= 100 ? Math.round(percent) : Number(percent.toFixed(1))} %`;
}

/**
 * @param {Element | null} cell
 * @param {string} text
 * @param {number} share 0 to 100
 * @param {string} title
 */
function draw(cell, text, share, title) {
  const number = cell?.querySelector(".num");
  const bar = cell?.querySelector(".track > i");
  if (!cell || !number || !(bar instanceof HTMLElement)) return;
  if (number.textContent !== text) number.textContent = text;
  bar.style.width = `${Math.max(0, Math.min(100, share)).toFixed(1)}%`;
  bar.dataset.level = share >= 90 ? "high" : share >= 60 ? "middle" : "low";
  cell.setAttribute("title", title);
}

/** @param {Sample} sample */
function show(sample) {
  const row = document.getElementById(`c-${sample.id.slice(0, 12)}`);
  if (!row) return;
  if (sample.cpu_percent !== null) {
    const cpus = sample.cpus || 1;
    draw(row.querySelector(".c-cpu"), percentWords(sample.cpu_percent), sample.cpu_percent / cpus, `${percentWords(sample.cpu_percent)} · ${cpus} CPU`);
  }
  if (sample.memory_bytes !== null) {
    const limit = sample.memory_limit_bytes ? ` / ${sizeWords(sample.memory_limit_bytes)}` : "";
    draw(row.querySelector(".c-memory"), sizeWords(sample.memory_bytes), sample.memory_percent ?? 0, sizeWords(sample.memory_bytes) + limit);
  }
}

/**
 * @param {HTMLElement} root
 * @param {string} url
 * @returns {() => void} call it when the rows may have changed
 */
export function startFigures(root, url) {
  /** @type {Set<Element>} */
  const inView = new Set();
  let told = "";
  let isAsked = false;
  const socket = openSocket(
    url,
    {
      onReady: () => {
        told = "";
        tell();
      },
      onText: (message) => {
        if (message.type === "samples" && Array.isArray(message.samples)) for (const sample of message.samples) show(sample);
      },
    },
    { reconnect: { onProblem: (problem) => problem.status >= 502 } },
  );
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inView.add(target);
      else inView.delete(target);
    }
    tellSoon();
  });

  function tell() {
    const ids = document.hidden
      ? []
      : [...inView].filter((row) => row.isConnected && row.hasAttribute("data-active")).map((row) => row.getAttribute("data-id") ?? "");
    const wanted = ids.slice(0, MOST).sort();
    const line = wanted.join(" ");
    if (line === told || !socket.isOpen()) return;
    if (socket.sendMessage({ type: "watch", ids: wanted })) told = line;
  }

  function tellSoon() {
    if (isAsked) return;
    isAsked = true;
    setTimeout(() => {
      isAsked = false;
      tell();
    }, 100);
  }

  function look() {
    for (const row of inView) {
      if (row.isConnected) continue;
      observer.unobserve(row);
      inView.delete(row);
    }
    for (const row of root.querySelectorAll("tr[data-id]")) observer.observe(row);
    tellSoon();
  }
  document.addEventListener("visibilitychange", tellSoon);
  look();
  return look;
}
