// Case review: the record of a contact turn by turn, each turn with its marks, and the two texts that come of it.
import { foundIn, heading, lengthOf, writing } from "./boards.js";
import { button, make } from "./page.js";

const WAYS = ["better", "worse"];
const DEEDS = ["good", "wrong"];

export function board(voice, ids, content, on) {
  const { channel, domain, background, turns, remedies, counts, longest } = content.board;
  let value = {};
  let marks = null;
  let enabled = false;
  let open = -1; // the turn whose marks are being chosen

  const about = make("p", "cs-quiet cs-review-about");
  const notes = make("ul", "cs-review-notes", {}, ...background.map((fact) => make("li", "", { lang: "zh-CN" }, fact)));
  notes.hidden = !background.length;
  const howTitle = heading(`${ids.board}-turns`, () => `1. ${voice.say("turns")}`, voice);
  const how = make("p", "cs-quiet");
  const tally = make("p", "cs-label cs-review-tally", { "aria-live": "polite" });
  const list = make("ol", "cs-review-turns", { "aria-labelledby": `${ids.board}-turns` });
  const rows = turns.map((turn, n) => line(turn, n + 1));
  list.append(...rows.map((row) => row.node));

  const asked = [
    ["keep", "keep_why", "keep_start"],
    ["change", "change_why", "change_start"],
  ];
  const texts = asked.map(([key, why, start], n) => {
    const length = lengthOf(voice, () => Array.from((value[key] || "").trim()).length);
    const title = heading(`${ids.board}-${key}`, () => `${n + 2}. ${voice.say(key)}`, voice);
    const lead = make("p", "cs-quiet");
    const text = writing(
      voice,
      {
        id: `${ids.board}-${key}-text`,
        label: () => voice.say("write"),
        placeholder: () => voice.say(start),
        beside: length.node,
      },
      (words) => changed({ [key]: words }),
    );
    text.area.maxLength = longest;
    text.area.lang = "zh-CN";
    const found = foundIn(voice, (item) => item === key);
    voice.onDraw(() => (lead.textContent = voice.say(why)));
    return { key, length, text, found, node: make("section", "", {}, title, lead, text.node, found.node) };
  });

  const node = make(
    "div",
    "cs-review",
    {},
    make("div", "", {}, about, notes),
    make("section", "", {}, howTitle, how, tally, list),
    ...texts.map((one) => one.node),
  );
  voice.onDraw(() => {
    about.textContent = `${domain} · ${voice.say(`channel_${channel}`)}`;
    how.textContent = voice.say("how");
    draw();
  });

  function line(turn, n) {
    const id = `${ids.board}-turn-${n}`;
    const head = make("p", "cs-review-head");
    const said = make("p", "cs-review-said", { lang: "zh-CN" }, turn.text);
    const tags = make("p", "cs-review-tags");
    const press = button("cs-review-mark", { "aria-controls": `${id}-menu` });
    press.addEventListener("click", () => toggle(n));
    const top = make("div", "cs-review-top", {}, head, press);
    const bubble = make("div", `cs-review-bubble cs-${turn.who}`, {}, top, said, tags);
    const groups = menu(turn, n, id);
    const row = make("li", `cs-review-turn cs-${turn.who}`, {}, bubble, groups.node);
    return { node: row, head, tags, press, groups, bubble };
  }

  // What a turn may be called: two groups of pressable names, and for a wrong decision what should have been done.
  function menu(turn, n, id) {
    const groups = turn.who === "customer" ? [["way", WAYS]] : [["way", WAYS], ["deed", DEEDS]];
    const rows = groups.map(([key, names]) => {
      const label = make("span", "cs-label cs-review-asked", { id: `${id}-${key}` });
      const buttons = names.map((name) => {
        const choice = button("cs-choice", { "data-name": name });
        choice.addEventListener("click", () => set(n, { [key]: markOf(n)[key] === name ? null : name }));
        return choice;
      });
      const group = make("div", "cs-toggle cs-review-toggle", { role: "group", "aria-labelledby": `${id}-${key}` }, ...buttons);
      voice.onDraw(() => {
        label.textContent = voice.say(key);
        for (const choice of buttons) choice.textContent = voice.say(`${key}_${choice.dataset.name}`);
      });
      return { key, buttons, node: make("div", "cs-review-group", {}, label, group) };
    });
    const pick = make("select", "cs-review-remedy", { id: `${id}-instead` });
    pick.addEventListener("change", () => set(n, { instead: pick.value }));
    const label = make("label", "cs-label", { for: `${id}-instead` });
    const remedy = make("div", "cs-review-instead", {}, label, pick);
    voice.onDraw(() => {
      label.textContent = voice.say("instead");
      const none = make("option", "", { value: "" }, voice.say("instead_none"));
      pick.replaceChildren(none, ...remedies.map((one) => make("option", "", { value: one.id, lang: "zh-CN" }, one.text)));
      pick.value = markOf(n).instead || "";
    });
    const node = make("div", "cs-review-menu", { id: `${id}-menu` }, ...rows.map((row) => row.node), remedy);
    return { node, rows, remedy, pick };
  }

  function markOf(n) {
    return (value.turns || {})[n] || {};
  }
  function toggle(n) {
    open = open === n ? -1 : n;
    draw();
    if (open === n) {
      const first = rows[n - 1].groups.node.querySelector("button");
      if (first) first.focus({ preventScroll: true });
    }
  }
  function set(n, change) {
    const mark = { ...markOf(n), ...change };
    if (mark.deed !== "wrong") delete mark.instead;
    for (const key of Object.keys(mark)) if (!mark[key]) delete mark[key];
    const next = { ...value.turns, [n]: mark };
    if (!Object.keys(mark).length) delete next[n];
    const names = ["way", "deed"].filter((key) => mark[key]).map((key) => voice.say(`${key}_${mark[key]}`));
    on.spoken(voice.say("spoken", { n, marks: names.join(" / ") || voice.say("mark_none") }));
    changed({ turns: next });
  }
  function changed(change) {
    value = { ...value, ...change };
    if (!Object.keys(value.turns || {}).length) delete value.turns;
    for (const key of ["keep", "change"]) if (!(value[key] || "").trim()) delete value[key];
    draw();
    on.change(value);
  }

  function draw() {
    for (const one of texts) one.length.draw();
    const all = Object.values(value.turns || {});
    const sum = (key, name) => all.filter((mark) => mark[key] === name).length;
    const shown = [...WAYS.map((name) => ["way", name]), ...DEEDS.map((name) => ["deed", name])];
    tally.textContent = shown.map(([key, name]) => `${voice.say(`${key}_${name}`)} ${sum(key, name)} / ${counts[name]}`).join(" · ");
    turns.forEach((turn, n) => paint(turn, n + 1));
  }
  function paint(turn, n) {
    const { head, tags, press, groups, bubble } = rows[n - 1];
    const who = turn.name || voice.say(turn.who === "customer" ? "customer" : turn.who === "agent" ? "agent" : "other");
    head.replaceChildren(
      make("span", "cs-review-number", {}, String(n)),
      make("span", "", {}, who),
      make("time", "", {}, turn.at),
    );
    const mark = markOf(n);
    const names = ["way", "deed"].filter((key) => mark[key]);
    tags.hidden = !names.length;
    tags.replaceChildren(...names.map((key) => tag(n, key, mark)));
    bubble.classList.toggle("cs-review-marked", Boolean(names.length));
    const label = voice.say(names.length ? "edit" : "mark");
    press.textContent = label;
    press.setAttribute("aria-label", `${label}：${voice.say("turn", { n })}`);
    press.setAttribute("aria-expanded", String(open === n));
    press.disabled = !enabled;
    groups.node.hidden = open !== n;
    for (const { key, buttons } of groups.rows) {
      for (const choice of buttons) {
        choice.setAttribute("aria-pressed", String(mark[key] === choice.dataset.name));
        choice.disabled = !enabled;
      }
    }
    groups.remedy.hidden = mark.deed !== "wrong";
    groups.pick.disabled = !enabled;
    groups.pick.value = mark.instead || "";
  }
  // A mark as a tag; after checking with the sign of what became of it.
  function tag(n, key, mark) {
    const line = marks && marks.lines.find((one) => one.item === `unjust-${n}-${mark[key]}`);
    const state = line ? "fault" : marks ? "earned" : "";
    const signs = { way: { better: "↗", worse: "↘" }, deed: { good: "✓", wrong: "✗" } };
    const chosen = remedies.find((one) => one.id === mark.instead);
    const words = key === "deed" && chosen ? `${voice.say(`deed_${mark.deed}`)} → ${chosen.text}` : voice.say(`${key}_${mark[key]}`);
    const cls = `cs-review-tag cs-${key}-${mark[key]} ${state ? `cs-${state}` : ""}`.trim();
    return make("span", cls, {}, `${signs[key][mark[key]]} ${words}${line ? ` ${voice.say("unjust")}` : ""}`);
  }

  return {
    node,
    load(saved) {
      value = { ...saved, turns: { ...(saved.turns || {}) } };
      open = -1;
      for (const { key, text } of texts) text.set(value[key] || "");
      draw();
    },
    setMarks(found) {
      marks = found;
      for (const { found: strip } of texts) strip.set(found);
      draw();
    },
    enable(yes) {
      enabled = yes;
      for (const { text } of texts) text.enable(yes);
      draw();
    },
    summary(saved) {
      const told = Object.entries(saved.turns || {})
        .sort((a, b) => Number(a[0]) - Number(b[0]))
        .map(([n, mark]) => {
          const names = ["way", "deed"].filter((key) => mark[key]).map((key) => voice.say(`${key}_${mark[key]}`));
          const chosen = remedies.find((one) => one.id === mark.instead);
          return `${n}. ${[...names, chosen ? `→ ${chosen.text}` : ""].filter(Boolean).join(" · ")}`;
        });
      const rows = [...told, saved.keep, saved.change].filter(Boolean);
      return rows.join("\n") || "—";
    },
    get busy() {
      return texts.some(({ text }) => text.busy);
    },
  };
}
