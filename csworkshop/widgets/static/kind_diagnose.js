// Diagnosis: checks layer by layer, what came of them, then cause, way out, evidence and words to the customer.
import { choices, heading, lineOf, pressable, ticked, writing } from "./boards.js";
import { button, make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { scene, layers, menu, patience, causes, actions, most, longest } = content.board;
  let answer = {}; // { log, cause, action, evidence, message }
  let world = { log: [], rows: [], minutes: 0, patience, hung_up: false };
  let marks = null;
  let enabled = false;
  const names = new Map(menu.map((check) => [check.id, check.name])); // those found by search come to know

  const id = (part) => `${ids.board}-${part}`;
  const part = (key) => heading(id(key), () => voice.say(`part_${key}`), voice);
  const titles = Object.fromEntries(["checks", "seen", "cause", "action", "evidence", "message"].map((k) => [k, part(k)]));

  const [customer, context] = customerTurn(voice, scene);
  context.open = true;
  const groups = layers.map((layer) => checkGroup(voice, id(layer), layer, menu, press));
  const finder = checkSearch(voice, id("search"), press, (query) => on.ask("search", { query }));
  const bar = make("div", "cs-check-bar");
  const seen = make("ol", "cs-check-seen", { "aria-labelledby": titles.seen.id });
  const cause = choices(voice, id("cause-of"), titles.cause.id, causes, (now) => say({ cause: now }));
  const way = wayOut(voice, id("action-of"), titles.action.id, actions, (now) => say({ action: now }));
  const evidence = make("div", "cs-options", { role: "group", "aria-labelledby": titles.evidence.id });
  const told = writing(voice, { id: id("told"), label: () => voice.say("message"), rows: 3 }, (now) => say({ message: now }));
  const length = make("p", "cs-length cs-check-length");
  told.node.append(length);
  const node = make(
    "div",
    "cs-check",
    {},
    customer,
    context,
    titles.checks,
    make("div", "cs-check-groups", {}, ...groups.map((group) => group.node)),
    finder.node,
    titles.seen,
    bar,
    seen,
    titles.cause,
    cause.node,
    titles.action,
    way.node,
    titles.evidence,
    evidence,
    titles.message,
    told.node,
  );

  function press(check) {
    if (!enabled) return;
    const log = answer.log || [];
    if (log.length >= most) {
      on.spoken(voice.say("log_full"));
      return;
    }
    say({ log: [...log, check] });
    look();
  }
  function look() {
    on.ask("run", { log: answer.log || [] });
  }
  function say(fresh) {
    const next = { ...answer, ...fresh };
    const some = (v) => (Array.isArray(v) ? v.length > 0 : Boolean(v));
    answer = Object.fromEntries(Object.entries(next).filter(([, v]) => some(v)));
    if (!fresh.log) marks = null;
    draw();
    on.change(answer);
  }

  const firstOf = (rows) => rows.filter((row, n) => !row.gone && rows.findIndex((r) => r.id === row.id && !r.gone) === n);
  function draw() {
    const made = firstOf(world.rows);
    for (const group of groups) group.draw(made.map((row) => row.id), enabled);
    finder.draw(made.map((row) => row.id), enabled);
    cause.set(answer.cause);
    way.set(answer.action);
    told.set(answer.message || "");
    const size = Array.from(answer.message || "").length;
    length.textContent = voice.say("length_of", { n: size, most: longest });
    drawSeen();
    drawEvidence(made);
  }
  function drawSeen() {
    const cells = Array.from({ length: patience }, (_, n) => {
      return make("span", n < world.patience && !world.hung_up ? "cs-check-cell cs-check-full" : "cs-check-cell");
    });
    const left = voice.say("patience_of", { n: world.hung_up ? 0 : world.patience, of: patience });
    const meter = make("span", "cs-check-cells", { role: "img", "aria-label": left }, ...cells);
    const words = [make("span", "", {}, voice.say("spent", { n: world.minutes })), make("span", "", {}, voice.say("patience"), meter)];
    if (world.hung_up) words.push(make("strong", "", {}, voice.say("gone")));
    bar.replaceChildren(...words);
    const rows = world.rows.map((row) => {
      const head = make("p", "cs-check-head", {}, make("span", "cs-tag", {}, voice.say(`layer_${row.layer}`)), make("strong", "", {}, row.name));
      head.append(make("span", "", {}, voice.say(`who_${row.who}`)), make("span", "", {}, voice.say("at", { n: row.at })));
      if (row.again) head.append(make("em", "", {}, voice.say("again")));
      return make("li", row.gone ? "cs-check-row cs-check-gone" : "cs-check-row", {}, head, make("p", "", { lang: "zh-CN" }, row.text || voice.say("gone")));
    });
    seen.replaceChildren(...(rows.length ? rows : [make("li", "cs-quiet", {}, voice.say("seen_none"))]));
  }
  // Evidence is picked among what was found; a box keeps the keyboard's place while the list is drawn anew.
  function drawEvidence(made) {
    const line = lineOf(marks, "evidence");
    const chosen = answer.evidence || [];
    const at = document.activeElement && evidence.contains(document.activeElement) ? document.activeElement.value : "";
    const rows = made.map((row) => {
      const input = make("input", "", { type: "checkbox", value: row.id });
      input.checked = chosen.includes(row.id);
      input.disabled = !enabled;
      input.addEventListener("change", () => {
        const now = made.map((r) => r.id).filter((check) => (check === row.id ? input.checked : chosen.includes(check)));
        say({ evidence: now });
      });
      const judged = ticked(line);
      const is = (kind) => input.checked && (judged[kind] || []).includes(row.id);
      const state = is("right") ? " cs-right-one" : is("wrong") ? " cs-wrong-one" : "";
      const words = make("span", "", { lang: "zh-CN" }, make("strong", "", {}, row.name), ` ${row.text}`);
      return make("label", `cs-option${state}`, {}, input, words);
    });
    evidence.replaceChildren(...(rows.length ? rows : [make("p", "cs-quiet", {}, voice.say("evidence_none"))]));
    const again = [...evidence.querySelectorAll("input")].find((input) => at && input.value === at);
    if (again) again.focus();
  }
  voice.onDraw(draw);
  return {
    node,
    get busy() {
      return told.busy || finder.busy;
    },
    load(value) {
      answer = value;
      marks = null;
      world = { log: [], rows: [], minutes: 0, patience, hung_up: false };
      draw();
      if ((value.log || []).length) look();
    },
    setMarks(found) {
      marks = found;
      const pick = (item, chosen) => {
        const line = lineOf(marks, item);
        return line ? { [line.state === "missing" ? "wrong" : "right"]: chosen } : {};
      };
      cause.setMarks(pick("cause", answer.cause));
      way.setMarks(pick("action", answer.action));
      draw();
    },
    enable(yes) {
      enabled = yes;
      for (const choice of [cause, way]) choice.enable(yes);
      told.enable(yes);
      finder.enable(yes);
      draw();
    },
    // What the checks showed. An answer to an older log is out of date: a newer one is on its way.
    receive(message) {
      if (message.name === "search") {
        finder.show(message);
        return;
      }
      if (String(message.log) !== String(answer.log || [])) return;
      const news = message.rows[message.rows.length - 1];
      const more = message.rows.length > world.rows.length;
      world = message;
      for (const row of world.rows) names.set(row.id, row.name);
      draw();
      if (more && news) on.spoken(`${news.name}：${news.text || voice.say("gone")}`);
    },
    summary(value) {
      const log = (value.log || []).map((check) => names.get(check) || check);
      const named = [causes, actions].map((list, n) => list.find((o) => o.id === value[n ? "action" : "cause"]));
      return [log.join(" → "), ...named.map((option) => option && option.text), value.message].filter(Boolean).join("\n") || "—";
    },
  };
}

// What to do: solving and escalating under a heading each, one choice among all of them.
function wayOut(voice, name, label, actions, onChange) {
  const kinds = ["solve", "escalate"].filter((way) => actions.some((action) => action.way === way));
  const parts = kinds.map((kind) => {
    const own = actions.filter((action) => action.way === kind);
    const title = make("p", "cs-label", { id: `${name}-${kind}` });
    voice.onDraw(() => (title.textContent = voice.say(`way_${kind}`)));
    return { title, options: choices(voice, name, title.id, own, onChange) };
  });
  const each = (call) => parts.forEach(({ options }) => call(options));
  return {
    node: make("div", "cs-check-ways", { role: "group", "aria-labelledby": label }, ...parts.flatMap((p) => [p.title, p.options.node])),
    set: (chosen) => each((options) => options.set(chosen)),
    enable: (yes) => each((options) => options.enable(yes)),
    setMarks: (found) => each((options) => options.setMarks(found)),
  };
}

// One layer's checks.
function checkGroup(voice, id, layer, menu, onPress) {
  const name = make("p", "cs-check-layer", { id }, make("strong", ""), make("span", ""));
  const rows = menu.filter((check) => check.layer === layer).map((check) => checkButton(voice, check, onPress));
  const node = make("div", "cs-check-group", { role: "group", "aria-labelledby": id }, name, ...rows.map((row) => row.node));
  voice.onDraw(() => {
    name.firstChild.textContent = voice.say(`layer_${layer}`);
    name.lastChild.textContent = voice.say(`about_${layer}`);
  });
  return { node, draw: (made, enabled) => rows.forEach((row) => row.draw(made, enabled)) };
}

function checkButton(voice, check, onPress) {
  const side = make("span", "");
  const node = button("cs-check-do", { "data-check": check.id }, make("span", "", { lang: "zh-CN" }, check.name), side);
  node.addEventListener("click", () => onPress(check.id));
  return {
    node,
    draw(made, enabled) {
      const done = made.includes(check.id);
      node.classList.toggle("cs-check-done", done);
      node.setAttribute("aria-disabled", String(!enabled));
      side.textContent = done ? `✓ ${voice.say("made")}` : voice.say(`who_${check.who}`);
      node.title = voice.say("minutes_of", { n: check.minutes });
    },
  };
}

// Searching with a few words; some checks stand in no menu.
function checkSearch(voice, id, onPress, onSearch) {
  const label = make("label", "cs-label", { for: id });
  const input = make("input", "cs-check-query", { id, type: "text", maxlength: 40, autocomplete: "off" });
  const go = () => input.value.trim() && onSearch(input.value.trim());
  const start = pressable(voice, "search_go", go);
  const said = make("p", "cs-quiet", { "aria-live": "polite" });
  const list = make("div", "cs-check-found");
  let rows = [];
  let last = null;
  let state = [[], false];
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    go();
  });
  const draw = () => {
    label.textContent = voice.say("search");
    said.textContent = !last ? "" : last.found.length ? voice.say("search_found", { n: last.found.length }) : voice.say("search_none", { query: last.query });
    rows.forEach((row) => row.draw(...state));
  };
  voice.onDraw(draw);
  const field = make("div", "cs-check-field", {}, input, start);
  return {
    node: make("div", "cs-check-search", { role: "search" }, label, field, said, list),
    get busy() {
      return document.activeElement === input;
    },
    show(found) {
      last = found;
      rows = found.found.map((check) => checkButton(voice, check, onPress));
      list.replaceChildren(...rows.map((row) => row.node));
      draw();
    },
    enable(yes) {
      input.readOnly = !yes;
      start.disabled = !yes;
    },
    draw(made, enabled) {
      state = [made, enabled];
      rows.forEach((row) => row.draw(...state));
    },
  };
}
