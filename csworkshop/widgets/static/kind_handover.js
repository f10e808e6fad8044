// Writing the hand-over note: the talk and the records, the note, and nine parts that light up while it is written.
import { editor } from "./editor.js";
import { button, icon, make } from "./page.js";
import { unitsOf } from "./spans.js";

const PART_STATES = ["earned", "partly", "unsure"];

export function board(voice, ids, content, on) {
  const { department, needs, talk, records, parts, tell, longest } = content.board;
  const own = { area: `${ids.board}-note`, task: ids.task, keys: `${ids.board}-keys` };
  let marks = null;

  const spoken = talk.map((turn) => noteTurn(voice, turn));
  const said = noteSection(voice, "talk", make("ol", "cs-note-talk", {}, ...spoken));
  const pages = records.map(({ title, rows }) => {
    const list = make("ul", "", {}, ...rows.map((row) => make("li", "", {}, row)));
    return make("div", "cs-note-record", { lang: "zh-CN" }, make("p", "cs-note-title", {}, title), list);
  });
  const known = noteSection(voice, "records", make("div", "cs-note-records", {}, ...pages));

  const to = make("p", "cs-note-to");
  const wanted = make("p", "cs-note-needs", { lang: "zh-CN" }, needs);
  const text = editor(voice, own, {
    change(note) {
      count();
      on.change(note.trim() ? { note } : {});
    },
    caret() {},
    focus() {},
  });
  const caption = make("label", "cs-label", { for: own.area });
  const length = make("span", "cs-length");
  const over = make("div", "cs-over", {}, caption, length);
  const lit = make("p", "cs-label");
  const chips = make("div", "cs-note-parts", { role: "group" });
  const troubles = make("div", "cs-note-troubles", { role: "group" });
  const keys = make("p", "cs-quiet cs-note-keys", { id: own.keys });
  const writing = make("section", "cs-note-writing", {}, to, wanted, over, text.node, lit, chips, troubles, keys);
  const node = make("div", "cs-note", {}, make("div", "cs-note-case", {}, said, known), writing);

  function count() {
    const n = Array.from(text.value).length;
    length.textContent = voice.say("length_of", { n, most: longest });
    length.classList.toggle("cs-note-over", n > longest);
  }
  const stateOf = (line) => (line && PART_STATES.includes(line.state) ? line.state : "missing");
  const find = (id) => (marks ? marks.lines.find((line) => line.item === id) : null);
  function jump(line) {
    const [start, end] = line.spans[0];
    const unit = unitsOf(text.value);
    text.select(unit(start), unit(end));
  }
  function chip(id, name, line) {
    const state = id ? stateOf(line) : "fault";
    const sign = icon(state);
    const node = button(`cs-note-part cs-${state}`, {}, sign, make("span", "", {}, voice.pick(name)));
    const told = voice.say(`state_${state}`);
    node.setAttribute("aria-label", voice.say("part_state", { name: voice.pick(name), state: told }));
    node.title = line && line.spans.length ? text.value && voice.pick(line.text) : "";
    node.addEventListener("click", () => line && line.spans.length && jump(line));
    node.setAttribute("aria-disabled", String(!line || !line.spans.length));
    return node;
  }
  function draw() {
    const rows = parts.map(({ id, name }) => ({ id, name, line: find(id) }));
    const there = rows.filter(({ line }) => stateOf(line) !== "missing");
    lit.textContent = voice.say(tell ? "parts" : "parts_hidden", { n: there.length });
    const shown = tell ? rows : there;
    keep(chips, shown.map(({ id, name, line }) => chip(id, name, line)));
    const bad = marks ? marks.lines.filter((line) => line.type === "fault" && line.state === "fault") : [];
    keep(troubles, bad.map((line) => chip("", line.name, line)));
    troubles.setAttribute("aria-label", voice.say("troubles"));
    chips.setAttribute("aria-label", lit.textContent);
    caption.textContent = voice.say("note");
    keys.textContent = voice.say("keys");
    to.textContent = voice.say("to", { name: department });
    count();
  }
  // New chips for old, the keyboard's place among them kept.
  function keep(group, fresh) {
    const at = [...group.children].indexOf(document.activeElement);
    group.replaceChildren(...fresh);
    if (at >= 0 && group.children[at]) group.children[at].focus();
  }
  // Stretches of the note without overlap: what is wrong lies above what is right.
  function pieces() {
    const unit = unitsOf(text.value);
    const owner = new Array(text.value.length).fill(-1);
    const rank = { partly: 1, earned: 2, unsure: 1, fault: 3 };
    const order = marks.lines.map((line, n) => ({ line, n })).filter(({ line }) => rank[line.state]);
    order.sort((a, b) => rank[a.line.state] - rank[b.line.state]);
    for (const { line, n } of order) {
      for (const [start, end] of line.spans) owner.fill(n, unit(start), unit(end));
    }
    const found = [];
    for (let start = 0, i = 1; i <= owner.length; i += 1) {
      if (i < owner.length && owner[i] === owner[start]) continue;
      if (owner[start] >= 0) found.push({ start, end: i, line: owner[start], state: marks.lines[owner[start]].state });
      start = i;
    }
    return found;
  }

  voice.onDraw(draw);
  return {
    node,
    get busy() {
      return text.busy;
    },
    load(value) {
      text.load(value.note || "");
      count();
    },
    setMarks(found) {
      marks = found;
      draw();
      text.setMarks(marks && !marks.refusal ? pieces() : []);
    },
    enable: (yes) => text.enable(yes),
    summary: (value) => value.note || "—",
  };
}

function noteSection(voice, key, body) {
  const title = make("p", "cs-label");
  voice.onDraw(() => (title.textContent = voice.say(key)));
  return make("section", "", {}, title, body);
}

function noteTurn(voice, { who, at, text }) {
  const name = make("strong", "");
  voice.onDraw(() => (name.textContent = voice.say(`who_${who}`)));
  const head = make("p", "cs-note-who", {}, name, make("span", "", {}, at));
  return make("li", `cs-note-turn cs-note-${who}`, {}, head, make("p", "cs-note-words", { lang: "zh-CN" }, text));
}
