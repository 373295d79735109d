import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection } from "@codemirror/view";
import { languageOf, languageSupport } from "./languages.js";
import { look } from "./look.js";

/**
 * What a text is indented by, as far as its lines tell: a tab, or so many spaces.
 * @param {string} text
 */
export function indentOf(text) {
  let tabs = 0;
  /** @type {Map<number, number>} */ const spaces = new Map();
  for (const [, indent = ""] of text.slice(0, 100_000).matchAll(/^([\t ]+)\S/gm)) {
    if (indent.startsWith("\t")) tabs += 1;
    else spaces.set(indent.length, (spaces.get(indent.length) ?? 0) + 1);
  }
  const lines = [...spaces.values()].reduce((sum, count) => sum + count, 0);
  if (tabs > lines) return "\t";
  const least = Math.min(...spaces.keys());
  return " ".repeat(least >= 2 && least <= 8 ? least : 2);
}

/**
 * An editor in `host`. It stands in a shadow tree, where its rules become constructed style sheets: a page whose policy
 * allows no `<style>` element keeps it as it is.
 * @param {HTMLElement} host
 * @param {{text: string, name: string, label: string, words: Record<string, string>, onChange: () => void}} given
 */
export function openEditor(host, { text, name, label, words, onChange }) {
  const language = new Compartment();
  const root = host.attachShadow({ mode: "open" });
  const state = EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      rectangularSelection(),
      indentOnInput(),
      indentUnit.of(indentOf(text)),
      bracketMatching(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
      EditorState.phrases.of(words),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off", spellcheck: "false" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange();
      }),
      language.of([]),
      look,
    ],
  });
  const view = new EditorView({ state, parent: root, root });
  void languageSupport(languageOf(name, text.slice(0, text.indexOf("\n") + 1 || 200))).then((support) => {
    if (support) view.dispatch({ effects: language.reconfigure(support) });
  });
  return view;
}
