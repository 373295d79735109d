import js from "@eslint/js";
import globals from "globals";

// Text becomes a page only as text nodes and elements: nothing that parses a string as HTML or as code.
const parsers = ["innerHTML", "outerHTML", "insertAdjacentHTML", "createContextualFragment", "setHTMLUnsafe"];

export default [
  { ignores: ["static/dist/", "var/", "node_modules/", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "smart"],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
      "no-restricted-properties": [
        "error",
        ...parsers.map((property) => ({ property, message: "Build elements and text nodes instead." })),
        { object: "document", property: "write", message: "Build elements and text nodes instead." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: `AssignmentExpression > MemberExpression.left[property.name=/^(${parsers.join("|")})$/]`,
          message: "Build elements and text nodes instead.",
        },
        { selector: "NewExpression[callee.name='DOMParser']", message: "Build elements and text nodes instead." },
        {
          selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value=/^(on|style$)/]",
          message: "The content security policy refuses inline handlers and styles.",
        },
      ],
    },
  },
  { files: ["static/js/**"], languageOptions: { globals: globals.browser } },
  { files: ["scripts/**", "tests/**", "bench/**", "*.js"], languageOptions: { globals: globals.node } },
];
