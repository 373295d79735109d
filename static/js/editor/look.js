import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The editor's colours are the page's own custom properties: they change with the theme, and nothing here need know it.

const frame = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": { backgroundColor: "var(--edit-selection)" },
  ".cm-gutters": { color: "var(--soft)", backgroundColor: "var(--surface-2)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "var(--edit-line)" },
  ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "var(--edit-line)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { color: "inherit", backgroundColor: "var(--edit-match)", outline: "1px solid var(--line)" },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { color: "var(--bad)", backgroundColor: "transparent" },
  ".cm-searchMatch": { backgroundColor: "var(--edit-match)", outline: "1px solid var(--edit-match-line)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--edit-selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--edit-match)" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--surface-2)", fontFamily: "inherit" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search, .cm-panel.cm-gotoLine": { padding: "8px 40px 8px 12px" },
  ".cm-panel label": { display: "inline-flex", alignItems: "center", gap: "4px", fontSize: "0.8125rem", minHeight: "28px", marginRight: "10px" },
  ".cm-panel .cm-textfield": { minHeight: "30px", padding: "3px 8px", margin: "2px 6px 2px 0", color: "var(--ink)", backgroundColor: "var(--surface)", border: "1px solid var(--edit-field)", borderRadius: "6px", fontSize: "0.8125rem", fontFamily: "var(--mono)" },
  ".cm-panel .cm-button": { minHeight: "30px", padding: "3px 10px", margin: "2px 6px 2px 0", color: "var(--ink)", background: "var(--surface)", border: "1px solid var(--line)", borderRadius: "6px", fontSize: "0.8125rem" },
  ".cm-panel .cm-button:hover": { background: "var(--surface-2)" },
  ".cm-panel .cm-textfield:focus-visible, .cm-panel .cm-button:focus-visible, .cm-panel button:focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-panel.cm-search [name=close], .cm-panel .cm-dialog-close": { color: "var(--soft)", fontSize: "1.25rem", width: "30px", height: "30px", top: "6px", right: "6px", borderRadius: "6px" },
});

const words = HighlightStyle.define([
  { tag: tags.comment, color: "var(--edit-comment)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.definitionKeyword], color: "var(--edit-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--edit-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--edit-number)" },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.propertyName)], color: "var(--edit-name)" },
  { tag: [tags.tagName, tags.typeName, tags.className, tags.heading, tags.standard(tags.name)], color: "var(--edit-type)" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.variableName)], color: "var(--edit-name)" },
  { tag: [tags.meta, tags.processingInstruction], color: "var(--edit-comment)" },
  { tag: tags.heading, fontWeight: "600" },
  { tag: tags.strong, fontWeight: "600" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.link, textDecoration: "underline" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

/** How the editor looks. */
export const look = [frame, syntaxHighlighting(words)];
