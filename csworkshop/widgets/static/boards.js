// Pieces that boards of several kinds are made of.
import { button, icon, make } from "./page.js";

// One of several answers, as radio buttons. `options`: [{ id, text }] with text a string or {zh, en}.
// `name` must be unique on the page. setMarks: { right, wrong }, each an id or several.
export function choices(voice, name, label, options, onChange) {
  const rows = options.map(({ id, text }) => {
    const input = make("input", "", { type: "radio", name, value: id });
    const words = make("span", "", {});
    voice.onDraw(() => (words.textContent = typeof text === "string" ? text : voice.pick(text)));
    const row = make("label", "cs-option", {}, input, words);
    input.addEventListener("change", () => onChange(id));
    return { id, input, row };
  });
  const node = make("div", "cs-options", { role: "radiogroup", "aria-labelledby": label }, ...rows.map((r) => r.row));
  return {
    node,
    set(id) {
      for (const row of rows) row.input.checked = row.id === id;
    },
    enable: (yes) => rows.forEach((row) => (row.input.disabled = !yes)),
    setMarks({ right = [], wrong = [] } = {}) {
      for (const row of rows) {
        row.row.classList.toggle("cs-right-one", [right].flat().includes(row.id));
        row.row.classList.toggle("cs-wrong-one", [wrong].flat().includes(row.id));
      }
    },
  };
}

// Any number of several answers, as check boxes.
export function several(voice, label, options, onChange) {
  const rows = options.map(({ id, text }) => {
    const input = make("input", "", { type: "checkbox", value: id });
    const words = make("span", "", {});
    voice.onDraw(() => (words.textContent = typeof text === "string" ? text : voice.pick(text)));
    const row = make("label", "cs-option", {}, input, words);
    input.addEventListener("change", () => onChange(rows.filter((r) => r.input.checked).map((r) => r.id)));
    return { id, input, row };
  });
  const node = make("div", "cs-options", { role: "group", "aria-labelledby": label }, ...rows.map((r) => r.row));
  return {
    node,
    set: (ids) => rows.forEach((row) => (row.input.checked = ids.includes(row.id))),
    enable: (yes) => rows.forEach((row) => (row.input.disabled = !yes)),
    setMarks({ right = [], wrong = [] } = {}) {
      for (const row of rows) {
        row.row.classList.toggle("cs-right-one", right.includes(row.id));
        row.row.classList.toggle("cs-wrong-one", wrong.includes(row.id));
      }
    },
  };
}

// A text of the trainee's that grows with its words. Half a syllable of pinyin is nobody's answer. `beside`: a node
// that stands beside the label (how long the text is).
export function writing(voice, { id, label, placeholder, rows = 3, beside }, onChange) {
  const caption = make("label", "cs-label", { for: id });
  const area = make("textarea", "cs-text", { id, rows, spellcheck: "false", autocomplete: "off" });
  let composing = false;
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  const said = () => {
    fit();
    if (!composing) onChange(area.value);
  };
  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => {
    composing = false;
    said();
  });
  area.addEventListener("input", said);
  area.addEventListener("contextmenu", (event) => event.stopPropagation()); // the browser's own: paste, undo
  voice.onDraw(() => {
    caption.replaceChildren(label(), ...(beside ? [beside] : []));
    area.placeholder = placeholder ? placeholder() : "";
  });
  return {
    node: make("div", "cs-writing", {}, caption, area),
    area,
    get value() {
      return area.value;
    },
    get busy() {
      return composing || document.activeElement === area;
    },
    set(text) {
      if (area.value !== text) area.value = text;
      requestAnimationFrame(fit);
    },
    enable: (yes) => (area.readOnly = !yes),
  };
}

// A numbered heading for a part of a board.
export function heading(id, draw, voice) {
  const node = make("h4", "cs-part", { id });
  voice.onDraw(() => (node.textContent = draw()));
  return node;
}

// A button with words from the interface.
export function pressable(voice, key, onPress, cls = "cs-button") {
  const node = button(cls, {});
  voice.onDraw(() => (node.textContent = voice.say(key)));
  node.addEventListener("click", onPress);
  return node;
}

// What was ticked among several: which of it belongs there and which doesn't, as setMarks of choices and several wants it.
export const ticked = (line) => (line ? { right: line.right, wrong: line.wrong } : {});

// The line of the marks with this id, or null.
export const lineOf = (marks, item) => (marks ? marks.lines.find((line) => line.item === item) || null : null);

// What was found in one text, under it: a sign and a name for each line of the marks that `belongs`. set(null): nothing.
export function foundIn(voice, belongs) {
  const node = make("ul", "cs-found");
  let lines = [];
  function draw() {
    const rows = lines.map(({ state, name }) => {
      const said = make("span", "cs-hidden", {}, voice.say(`state_${state}`));
      const full = voice.pick(name);
      return make("li", `cs-${state}`, {}, icon(state), full.slice(full.search(/[：:]/) + 1).trim(), said);
    });
    node.replaceChildren(...rows);
  }
  voice.onDraw(draw);
  return {
    node,
    set(marks) {
      lines = marks ? marks.lines.filter(({ item }) => belongs(item)) : [];
      draw();
    },
  };
}

// How long a text is, beside its label; with a limit also how long it may be. `size` counts characters.
export function lengthOf(voice, size, limit = 0) {
  const node = make("span", "cs-length");
  function draw() {
    const n = size();
    node.textContent = limit ? `${voice.say("length", { n })} / ${limit}` : voice.say("length", { n });
    node.classList.toggle("cs-over-limit", Boolean(limit) && n > limit);
  }
  voice.onDraw(draw);
  return { node, draw };
}
