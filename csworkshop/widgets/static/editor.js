// The text: a transparent <textarea> over a backdrop that holds the same words and paints the marks under them.
// Both lie in one grid cell and the frame around them scrolls, so a mark can't slip away from its word.
import { make } from "./page.js";
import { moved, paintedText } from "./spans.js";

export function editor(voice, ids, on) {
  const backdrop = make("div", "cs-backdrop", { "aria-hidden": "true" });
  const area = make("textarea", "cs-area", {
    id: ids.area,
    spellcheck: "false",
    autocomplete: "off",
    "aria-describedby": `${ids.task} ${ids.keys}`,
  });
  const sheet = make("div", "cs-sheet", {}, backdrop, area);
  const frame = make("div", "cs-frame", {}, sheet);
  let painted = ""; // the text that `pieces` are about
  let pieces = [];
  let composing = false;
  let active = -1;

  function paint() {
    const text = area.value;
    pieces = moved(pieces, painted, text);
    painted = text;
    backdrop.replaceChildren(...paintedText(text, pieces));
    light();
  }
  function light() {
    for (const mark of backdrop.querySelectorAll("mark")) {
      mark.classList.toggle("cs-active", Number(mark.dataset.line) === active);
    }
  }
  function caret() {
    if (document.activeElement !== area) return;
    const at = area.selectionStart;
    const here = pieces.find((piece) => piece.start <= at && at <= piece.end && at === area.selectionEnd);
    if (here) on.caret(here.line);
  }
  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => {
    composing = false;
    on.change(area.value);
    paint();
  });
  area.addEventListener("input", () => {
    if (!composing) on.change(area.value); // half a syllable of pinyin is nobody's answer
    paint(); // while Python reads
  });
  area.addEventListener("click", caret);
  area.addEventListener("keyup", (event) => /^(Arrow|Home|End|Page)/.test(event.key) && caret());
  area.addEventListener("focus", () => on.focus());
  area.addEventListener("contextmenu", (event) => event.stopPropagation()); // the browser's own: paste, undo
  voice.onDraw(() => {
    area.placeholder = voice.say("placeholder");
  });

  return {
    node: frame,
    area,
    get value() {
      return area.value;
    },
    get busy() {
      return composing || (document.hasFocus() && document.activeElement === area);
    },
    // Words from elsewhere, while nobody is typing here. Assigning them clears the undo history.
    load(text) {
      area.value = text;
      paint();
    },
    // Words that take the place of those here, as if typed: Ctrl+Z brings the old ones back.
    replace(text) {
      area.focus();
      area.select();
      const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
      if (!typed && area.value !== text) this.load(text);
    },
    setMarks(fresh) {
      pieces = fresh;
      painted = area.value;
      paint();
    },
    setActive(line) {
      active = line;
      light();
    },
    select(start, end) {
      area.focus({ preventScroll: true });
      area.setSelectionRange(start, end);
      // Find the words' place by the backdrop; a textarea doesn't tell where its characters are.
      const mark = [...backdrop.querySelectorAll("mark")].find((_, n) => pieces[n].end > start);
      (mark || frame).scrollIntoView({ block: "nearest" });
    },
    enable(yes) {
      area.readOnly = !yes;
      frame.classList.toggle("cs-off", !yes);
    },
  };
}
