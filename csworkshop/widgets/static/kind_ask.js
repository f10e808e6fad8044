// Asking in order: a row of questions that can be put to the customer one by one, and moved.
import { heading, pressable, writing } from "./boards.js";
import { button, icon, make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { scene, least, most, longest } = content.board;
  let rows = []; // { text, asked, said }: as many as are shown; `said` is the customer's answer to that text
  let marks = null;
  let enabled = false;
  const title = heading(`${ids.board}-row`, () => voice.say("row", { least, most }), voice);
  const how = make("p", "cs-quiet cs-ask-how");
  const cards = Array.from({ length: most }, (_, n) => card(n));
  const list = make("ol", "cs-ask-list", { "aria-labelledby": `${ids.board}-row` }, ...cards.map((one) => one.node));
  const more = pressable(voice, "more", () => {
    rows = [...rows, blank()];
    draw();
    cards[rows.length - 1].field.area.focus();
  });
  const node = make("div", "cs-ask", {}, ...customerTurn(voice, scene), title, list, more, how);

  function blank() {
    return { text: "", asked: false, said: "" };
  }
  // Cards stand still; what is moved is what they hold. So the focus and the caret stay where they are.
  function card(n) {
    const field = writing(
      voice,
      { id: `${ids.board}-q${n}`, label: () => voice.say("nth", { n: n + 1 }), placeholder: () => voice.say("placeholder"), rows: 1 },
      (text) => typed(n, text),
    );
    field.area.maxLength = longest;
    field.area.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : 0;
      if (step) move(n, step, true);
      else if (event.key === "Enter" && !event.shiftKey) put(n);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    const put_ = tool("ask", "ask_label", () => put(n), voice.say("ask"));
    const up = tool("up", "up", () => move(n, -1));
    const down = tool("down", "down", () => move(n, 1));
    const away = tool("away", "remove", () => remove(n));
    const told = make("span", "cs-ask-told");
    const answer = make("div", "cs-ask-answer", { "aria-live": "polite", hidden: "" });
    const tools = make("div", "cs-ask-tools", {}, told, put_, up, down, away);
    field.node.append(answer);
    const li = make("li", "cs-ask-card", {}, field.node, tools);
    return { node: li, field, put: put_, up, down, away, told, answer };

    function tool(name, key, act, words) {
      const made = button(`cs-button cs-ask-tool cs-ask-${name}`, {});
      if (words) voice.onDraw(() => (made.textContent = voice.say("ask")));
      else made.append(icon(name === "away" ? "fault" : "chevron"));
      voice.onDraw(() => made.setAttribute("aria-label", voice.say(key, { n: n + 1 })));
      made.addEventListener("click", act);
      return made;
    }
  }

  function typed(n, text) {
    const clean = text.replace(/\n+/g, " ");
    rows = rows.map((row, i) => (i === n ? { text: clean, asked: false, said: "" } : row));
    changed();
  }
  function put(n) {
    if (!enabled || !rows[n].text.trim()) return;
    rows = rows.map((row, i) => (i === n ? { ...row, asked: true, said: "" } : row));
    changed();
    listen();
  }
  // What the customer says depends on what was asked before: with each question the whole row goes over.
  function listen() {
    if (rows.some((row) => row.asked)) on.ask("answers", { questions: rows.map((row) => row.text) });
  }
  function move(n, step, stay = false) {
    const to = n + step;
    if (!enabled || to < 0 || to >= rows.length) return;
    const next = [...rows];
    [next[n], next[to]] = [next[to], next[n]];
    rows = next.map((row) => ({ ...row, said: "" }));
    changed();
    listen();
    on.spoken(voice.say("moved", { n: to + 1 }));
    const way = step < 0 ? cards[to].up : cards[to].down;
    const focus = stay ? cards[to].field.area : way.disabled ? (step < 0 ? cards[to].down : cards[to].up) : way;
    focus.focus();
  }
  function remove(n) {
    if (!enabled) return;
    rows = rows.filter((_, i) => i !== n).map((row) => ({ ...row, said: "" }));
    fill();
    changed();
    listen();
    cards[Math.min(n, rows.length - 1)].field.area.focus();
  }
  function fill() {
    while (rows.length < least) rows = [...rows, blank()];
  }
  function changed() {
    marks = null;
    draw();
    const kept = rows.map(({ text, asked }) => ({ text, asked }));
    while (kept.length && !kept[kept.length - 1].text) kept.pop();
    on.change(kept.length ? { questions: kept } : {});
  }

  // The lines about a question quote it.
  function stateOf(text) {
    if (!marks || !text.trim()) return "";
    const about = marks.lines.filter(({ item, quotes }) => !["open", "order"].includes(item) && quotes.includes(text.trim()));
    if (about.some(({ type }) => type === "fault")) return "fault";
    return about.length ? "earned" : "missing";
  }
  function draw() {
    how.textContent = voice.say("how");
    more.hidden = rows.length >= most;
    more.disabled = !enabled;
    cards.forEach((one, n) => {
      one.node.hidden = n >= rows.length;
      if (n >= rows.length) return;
      const row = rows[n];
      const state = stateOf(row.text);
      if (one.field.value !== row.text) one.field.set(row.text);
      one.node.className = `cs-ask-card${state ? ` cs-${state}` : ""}`;
      one.told.replaceChildren(...(state ? [icon(state), voice.say(state === "earned" ? "got" : "lost")] : []));
      one.up.disabled = !enabled || n === 0;
      one.down.disabled = !enabled || n === rows.length - 1;
      one.away.disabled = !enabled || (rows.length <= least && !row.text);
      one.put.disabled = !enabled || !row.text.trim();
      one.answer.hidden = !row.asked;
      const words = make("span", row.said ? "" : "cs-quiet", { lang: "zh-CN" }, row.said || voice.say("thinking"));
      one.answer.replaceChildren(make("span", "cs-hidden", {}, voice.say("says")), words);
    });
  }
  voice.onDraw(draw);
  fill();
  return {
    node,
    load(value) {
      rows = (value.questions || []).map(({ text, asked }) => ({ text: text || "", asked: Boolean(asked), said: "" }));
      fill();
      marks = null;
      draw();
      listen();
    },
    setMarks(found) {
      marks = found;
      draw();
    },
    enable(yes) {
      enabled = yes;
      cards.forEach((one) => one.field.enable(yes));
      draw();
    },
    receive(message) {
      rows = rows.map((row, n) => (row.asked ? { ...row, said: message.answers[n] || row.said } : row));
      draw();
    },
    get busy() {
      return cards.some((one) => one.field.busy);
    },
    summary(value) {
      const lines = (value.questions || []).map(({ text }, n) => `${n + 1}. ${text}`);
      return lines.join("\n") || "—";
    },
  };
}
