import { Bars } from "../activities/bars.js";
import { Console } from "../activities/console.js";
import { sizeWords } from "../lib/bytes.js";
import { icon } from "../lib/icon.js";
import { morphById } from "../lib/morph.js";
import { openSocket } from "../streams/socket.js";

// One activity: everything it said from the start, then what it says, by its socket. The head (how it stands, what can
// be done, what came of it) is the server's; it is fetched anew when that changes.

const page = document.getElementById("activity");
const live = document.getElementById("activity-live");
const words = /** @type {Record<string, string>} */ (JSON.parse(document.getElementById("activity-words")?.textContent ?? "{}"));
/** @param {string} name */
const word = (name) => words[name] ?? name;

/** @typedef {import("../streams/socket.js").Message} Message */

/** @param {string} name */
function part(name) {
  const place = document.createElement("div");
  place.className = name;
  live?.append(place);
  return place;
}

const BAR_WORDS = { layers: word("layers"), left: word("left"), rate: word("rate"), seconds: word("seconds"), minutes: word("minutes") };

class View {
  constructor() {
    live?.replaceChildren();
    this.notes = part("activity-notes");
    this.bars = new Bars(part("activity-bars card"), BAR_WORDS);
    /** @type {{box: HTMLElement, bars: Bars}[]} */
    this.stepBars = [];
    /** @type {Map<string, Bars>} */
    this.barsOf = new Map();
    this.items = part("activity-items");
    this.console = new Console(part("activity-console"), { older: word("older"), dropped: word("dropped"), step: word("step"), failed: word("failed") });
    this.hasSaid = false;
  }

  /** @param {Message} message a layer belongs to the step in which it was first told of */
  layer(message) {
    const id = String(message.id);
    const box = this.console.running;
    let bars = this.barsOf.get(id) ?? (box ? this.stepBars.find((each) => each.box === box)?.bars : this.bars);
    if (!bars && box) {
      const place = document.createElement("div");
      place.className = "activity-bars step-bars";
      box.querySelector("summary")?.after(place);
      bars = new Bars(place, BAR_WORDS);
      this.stepBars.push({ box, bars });
    }
    if (!bars) return;
    this.barsOf.set(id, bars);
    bars.hear(message);
  }

  rest() {
    for (const { bars } of this.stepBars) bars.rest();
    this.bars.rest();
  }

  /** @param {Message} message */
  item(message) {
    const isDone = message.outcome === "done";
    const row = document.createElement("p");
    row.className = "activity-item";
    row.dataset.outcome = isDone ? "done" : "failed";
    const name = document.createElement("b");
    name.textContent = String(message.name ?? "");
    const outcome = document.createElement("span");
    outcome.className = "tag";
    outcome.dataset.state = isDone ? "running" : "failed";
    outcome.textContent = word(isDone ? "done" : "failed");
    const detail = document.createElement("span");
    detail.className = "soft";
    detail.textContent = String(message.detail ?? "");
    row.append(outcome, name, detail);
    this.items.append(row);
  }

  /** @param {Message} message */
  note(message) {
    const box = document.createElement("div");
    box.className = "note";
    const text = document.createElement("div");
    text.textContent = String(message.text ?? "");
    box.append(icon("info-circle"), text);
    this.notes.append(box);
  }
}

/** @type {Record<string, (view: View, message: Message) => void>} how each type of message is shown */
const SHOWN = {
  layer: (view, message) => view.layer(message),
  progress: (view, message) => view.bars.hear(message),
  text: (view, message) => view.console.text(String(message.text)),
  step: (view, message) => view.console.step(Number(message.number), Number(message.total) || 0, String(message.text ?? ""), Number(message.at_s) || 0),
  item: (view, message) => view.item(message),
  note: (view, message) => view.note(message),
  dropped: (view, message) => view.console.mark(word("dropped").replace("{size}", sizeWords(Number(message.bytes) || 0))),
};

async function lookAtHead() {
  const answer = await fetch(page?.dataset.self ?? "", { headers: { "X-Fragment": "1", Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && !answer.redirected) morphById(await answer.text());
}

if (page && live) {
  document.getElementById("activity-kept")?.remove();
  const state = document.createElement("p");
  state.className = "activity-connection soft";
  state.setAttribute("role", "status");
  state.textContent = word("connecting");
  live.after(state);
  let view = new View();
  openSocket(
    page.dataset.socket ?? "",
    {
      onReady() {
        view.rest();
        view = new View();
        state.textContent = "";
      },
      onText(message) {
        if (message.type !== "state") {
          if (!view.hasSaid) state.textContent = "";
          view.hasSaid = true;
          SHOWN[message.type]?.(view, message);
          return;
        }
        if (message.state === "running") {
          state.textContent = word("empty");
          return;
        }
        view.console.end(String(message.state), Number(message.took_s) || 0);
        view.rest();
        state.textContent = view.hasSaid ? "" : word("nothing");
        if (document.getElementById("activity-head")?.dataset.state !== message.state) void lookAtHead();
      },
      onProblem(problem) {
        state.textContent = [problem.title, problem.detail].join(" ");
      },
      onLost() {
        state.textContent = word("lost");
      },
    },
    { reconnect: {} },
  );
  page.addEventListener("dockerweb:changed", () => void lookAtHead());
}
