// Rules for the page's own modules and for the scripts beside this file.
import js from "@eslint/js";

const browser = Object.fromEntries(
  `CSS document Event EventSource EventTarget fetch HTMLElement
   HTMLInputElement HTMLSelectElement HTMLTextAreaElement ImageData IntersectionObserver localStorage location matchMedia
   Node Path2D requestAnimationFrame ResizeObserver setInterval setTimeout clearTimeout URL
   URLSearchParams window crypto OpenSeadragon getComputedStyle`
    .split(/\s+/)
    .map((name) => [name, "readonly"]),
);

export default [
  js.configs.recommended,
  {
    files: ["src/**/js/*.js"],
    languageOptions: { globals: browser },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 60],
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "text of the data is shown as text: elements.js",
        })),
      ],
      "no-eval": "error",
      "no-implied-eval": "error",
    },
  },
  {
    files: ["page/*.mjs", "page/*.js"],
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
  },
];
