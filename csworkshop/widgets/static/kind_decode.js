// Decoding emotions: each customer's message in clauses to pick, the emotion, the action, and the first sentence.
import { choices, heading, lineOf, ticked, writing } from "./boards.js";
import { make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { messages, emotions } = content.board;
  let read = {};
  const parts = messages.map((message, n) => oneCustomer(voice, ids, message, n, content.board, { say }));
  const node = make("div", "cs-decode", {}, ...parts.map((part) => part.node));

  function say(id, changes) {
    const now = { ...(read[id] || {}), ...changes };
    for (const key of Object.keys(now)) if (now[key] === "" || now[key].length === 0) delete now[key];
    read = { ...read, [id]: now };
    if (!Object.keys(now).length) delete read[id];
    on.change(Object.keys(read).length ? { read } : {});
  }
  const nameOf = (list, id) => {
    const found = list.find((one) => one.id === id);
    return found ? voice.pick(found.text) : "—";
  };
  return {
    node,
    load(value) {
      read = value.read || {};
      for (const part of parts) part.load(read[part.id] || {});
    },
    setMarks: (marks) => parts.forEach((part) => part.setMarks(marks)),
    enable: (yes) => parts.forEach((part) => part.enable(yes)),
    get busy() {
      return parts.some((part) => part.busy);
    },
    summary(value) {
      const rows = messages.map((message, n) => {
        const said = (value.read || {})[message.id] || {};
        const words = (said.words || []).map((i) => message.phrases[i]).join(" / ");
        const opening = said.opening ? ` “${said.opening}”` : "";
        return `${n + 1}. ${nameOf(emotions, said.emotion)}：${words || "—"}${opening}`;
      });
      return rows.join("\n");
    },
  };
}

function oneCustomer(voice, ids, message, n, all, on) {
  const base = `${ids.board}-${message.id}`;
  const several = all.messages.length > 1;
  let words = [];
  let enabled = false;

  const title = heading(`${base}-title`, () => voice.say("nth", { n: n + 1 }), voice);
  title.hidden = !several;
  const [turn, known] = customerTurn(voice, message.scene);
  const picks = message.phrases.map((phrase, i) => {
    // a span, not a button: a clause breaks over lines as text does
    const pick = make("span", "cs-decode-phrase", { role: "checkbox", tabindex: 0, "aria-checked": "false" }, phrase);
    pick.addEventListener("click", () => toggle(i));
    pick.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      toggle(i);
    });
    return pick;
  });
  const ask = make("p", "cs-quiet cs-decode-ask", { id: `${base}-ask` });
  const bubble = turn.querySelector(".cs-bubble");
  bubble.setAttribute("role", "group");
  bubble.setAttribute("aria-labelledby", `${base}-ask`);
  bubble.replaceChildren(...picks);
  const feeling = part("emotion", all.emotions, "cs-decode-row");
  const action = part("action", all.actions, "");
  const opening = message.writes
    ? writing(
        voice,
        { id: `${base}-opening`, label: () => voice.say("ask_opening"), placeholder: () => voice.say("hint_opening"), rows: 2 },
        (text) => on.say(message.id, { opening: text }),
      )
    : null;
  if (opening) opening.area.maxLength = all.longest;
  voice.onDraw(() => (ask.textContent = voice.say("ask_words")));

  function part(key, options, cls) {
    const id = `${base}-${key}`;
    const label = make("p", "cs-label", { id });
    voice.onDraw(() => (label.textContent = voice.say(`ask_${key}`)));
    const radios = choices(voice, `${id}-choice`, id, options, (chosen) => on.say(message.id, { [key]: chosen }));
    if (cls) radios.node.classList.add(cls);
    return { radios, node: make("div", "cs-decode-part", {}, label, radios.node), chosen: null };
  }
  function toggle(i) {
    if (!enabled) return;
    words = words.includes(i) ? words.filter((one) => one !== i) : [...words, i].sort((a, b) => a - b);
    draw();
    on.say(message.id, { words });
  }
  function draw(judged = {}) {
    const state = (i) => ((judged.right || []).includes(`${i}`) ? "earned" : (judged.wrong || []).includes(`${i}`) ? "fault" : "mine");
    picks.forEach((pick, i) => {
      const picked = words.includes(i);
      pick.setAttribute("aria-checked", String(picked));
      pick.className = `cs-decode-phrase${picked ? ` cs-mark cs-${state(i)}` : ""}`;
    });
  }
  const parts = [turn, ask, known, feeling.node, action.node, ...(opening ? [opening.node] : [])];
  return {
    id: message.id,
    node: make("section", "cs-decode-one", {}, title, ...parts),
    load(said) {
      words = said.words || [];
      feeling.chosen = said.emotion || null;
      action.chosen = said.action || null;
      feeling.radios.set(feeling.chosen);
      action.radios.set(action.chosen);
      if (opening) opening.set(said.opening || "");
      draw();
    },
    // What was picked, right or wrong; which other clause or choice would have been right stays a task.
    setMarks(marks) {
      for (const [one, key] of [[feeling, "emotion"], [action, "action"]]) {
        const line = lineOf(marks, `${message.id}-${key}`);
        const chosen = one.radios.node.querySelector("input:checked")?.value || null;
        one.radios.setMarks(line ? { [line.state === "earned" ? "right" : "wrong"]: chosen } : {});
      }
      draw(ticked(lineOf(marks, `${message.id}-words`)));
      const first = lineOf(marks, `${message.id}-opening`);
      if (opening) opening.node.className = `cs-writing${first ? ` cs-decode-told cs-${first.state}` : ""}`;
    },
    enable(yes) {
      enabled = yes;
      bubble.classList.toggle("cs-decode-off", !yes);
      feeling.radios.enable(yes);
      action.radios.enable(yes);
      if (opening) opening.enable(yes);
    },
    get busy() {
      return Boolean(opening && opening.busy);
    },
  };
}
