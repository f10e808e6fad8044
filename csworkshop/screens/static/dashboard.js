// The instructor's dashboard: the room on the left, what goes wrong on the right, what all shall see below.
import { button, icon, make } from "./page.js";
import { stageParts } from "./stage.js";

const MANY = 12; // seats above which cards are drawn close together
const LISTED = 8; // of those who may be stuck; the cards show all
const GOOD = { technique: ["earned"], fault: ["clean"] };

export function screen(voice, act, content) {
  const title = make("h3", "cs-title");
  const people = make("p", "cs-facts");
  const switches = make("div", "cs-actions");
  const head = make("header", "cs-board-head", {}, make("div", "", {}, title, people), switches);
  const stuck = make("section", "cs-box cs-stuck");
  const seats = make("div", "cs-seats", { role: "list" });
  const heat = make("section", "cs-box");
  const common = make("section", "cs-box");
  const reading = make("section", "cs-box cs-reading");
  const shown = make("div", "cs-inside");
  const tools = stageTools(voice, act, content);
  const notes = make("div", "cs-inside");
  const right = make("div", "cs-column", {}, common, heat);
  const room = make("div", "cs-two", {}, make("div", "cs-column", {}, stuck, reading, seats), right);
  const node = make("div", "cs-grid cs-dashboard", {}, head, notes, tools.node, shown, room);
  const chosen = new Set();
  const cards = new Map(); // seat -> its card
  let page = null;

  function draw() {
    if (!page) return;
    title.textContent = `${page.class} · ${voice.pick(page.title)}`;
    people.replaceChildren(
      make("span", "", {}, voice.pick(page.people)),
      ...(page.exercise ? [make("span", "", {}, voice.say("all_on", { title: voice.pick(page.exercise.title) }))] : []),
      ...page.standings.filter(({ number }) => number).map(({ standing, text, number }) => make("span", `cs-st-${standing}`, {}, `${voice.pick(text)} ${number}`)),
    );
    drawSwitches();
    notes.replaceChildren(...notices());
    shown.replaceChildren(...stageParts(voice, page, null, enders));
    const empty = !page.seats.length;
    room.hidden = empty;
    seats.classList.toggle("cs-dense", page.seats.length > MANY);
    stuck.replaceChildren(box("stuck_title"), ...(page.stuck.length ? stuckLines() : [make("p", "cs-quiet", {}, voice.pick(page.nobody_stuck))]));
    place(seats, page.seats.map(seatCard));
    for (const number of cards.keys()) if (!page.seats.some((seat) => seat.number === number)) cards.delete(number), chosen.delete(number);
    const faults = page.common.length ? page.common.map(faultEntry) : [make("p", "cs-quiet", {}, voice.pick(page.no_common))];
    common.replaceChildren(box("common_title"), ...faults);
    heat.hidden = !page.heat.length;
    heat.replaceChildren(box("heat_title"), ...page.heat.map(heatRow));
    reading.hidden = !page.reading;
    if (page.reading) {
      const close = button("cs-link", {}, voice.say("close"));
      close.addEventListener("click", () => act("read", { number: null }));
      reading.replaceChildren(make("p", "cs-label", {}, voice.say("reading", { n: page.reading.number }), close), make("p", "cs-said", { lang: "zh-CN" }, page.reading.text || "—"));
    }
    right.hidden = !page.lesson;
    tools.draw(page, chosen);
  }
  // What there is to know before there is anybody to see, and what must not be forgotten.
  function notices() {
    const found = [];
    if (!page.lesson) found.push(make("p", "cs-quiet", {}, voice.say("not_begun")));
    if (page.how_join) {
      const line = `from csworkshop import class_panel; class_panel(${JSON.stringify(page.folder)})`;
      found.push(make("div", "cs-box", {}, make("p", "cs-label", {}, voice.pick(page.none)), make("p", "", {}, voice.pick(page.how_join)), make("code", "cs-code", {}, line)));
    }
    if (page.names) found.push(make("p", "cs-notice cs-notice-info", {}, voice.say("names_on")));
    if (page.unreadable) found.push(make("p", "cs-quiet", {}, voice.pick(page.unreadable)));
    return found;
  }
  function box(key) {
    return make("p", "cs-label", {}, voice.pick(page[key]));
  }
  function drawSwitches() {
    const names = button("cs-button", { "aria-pressed": String(page.names) }, voice.say(page.names ? "names_hide" : "names_show"));
    names.addEventListener("click", () => act("names", { on: !page.names }));
    const lesson = button(page.lesson ? "cs-button" : "cs-button cs-primary", {}, voice.say(page.lesson ? "end" : "start"));
    let sure = false;
    lesson.addEventListener("click", () => {
      if (!page.lesson) act("start", { title: "" });
      else if (sure) act("end");
      else lesson.textContent = voice.say("end_sure");
      sure = true;
    });
    // Drawn anew only when they would differ: a question that waits for a second press must stay.
    const key = `${voice.lang}${page.names}${page.lesson}`;
    if (switches.dataset.key !== key) {
      switches.dataset.key = key;
      switches.replaceChildren(names, lesson);
    }
  }
  function stuckLines() {
    const rest = page.stuck.length - LISTED;
    return [...page.stuck.slice(0, LISTED).map(stuckLine), ...(rest > 0 ? [make("p", "cs-quiet", {}, voice.say("more_stuck", { n: rest }))] : [])];
  }
  function stuckLine(seat) {
    const why = seat.reason ? voice.pick(seat.reason) : "";
    return make("p", "", {}, make("strong", "", {}, who(seat)), ` ${voice.pick(seat.exercise_title)} · ${why}`);
  }
  function who(seat) {
    return seat.name ? `${voice.pick(seat.label)} ${seat.name}` : voice.pick(seat.label);
  }
  // A card stays the same node as long as its trainee is there, so that neither focus nor a tick gets lost.
  function seatCard(seat) {
    const known = cards.get(seat.number) ?? newCard(seat.number);
    cards.set(seat.number, known);
    known.draw(seat);
    return known.node;
  }
  function newCard(number) {
    const name = make("strong");
    const score = make("span", "cs-seat-score");
    const exercise = make("p", "cs-seat-exercise");
    const line = make("div", "cs-spark-box");
    const state = make("p", "cs-seat-state");
    const read = button("cs-link", {});
    read.addEventListener("click", () => act("read", { number }));
    const pick = make("input", "", { type: "checkbox" });
    pick.addEventListener("change", () => (pick.checked ? chosen.add(number) : chosen.delete(number), tools.draw(page, chosen)));
    const label = make("span");
    const deeds = make("p", "cs-seat-tools", {}, read, make("label", "", {}, pick, label));
    const card = make("div", "", { role: "listitem" }, make("p", "cs-seat-top", {}, name, score), exercise, line, state, deeds);
    return {
      node: card,
      draw(seat) {
        card.className = `cs-seat cs-seat-${seat.standing}`;
        name.textContent = name.title = who(seat);
        score.textContent = seat.score === null ? "–" : seat.score;
        exercise.textContent = exercise.title = voice.pick(seat.exercise_title);
        line.replaceChildren(sparkline(seat.scores));
        state.replaceChildren(make("span", `cs-st-${seat.standing}`, {}, voice.pick(seat.text)), ...(seat.changed ? [make("span", "", {}, voice.pick(seat.changed))] : []));
        deeds.hidden = !seat.texts || !seat.exercise;
        read.textContent = voice.say("read");
        pick.checked = chosen.has(number);
        pick.setAttribute("aria-label", voice.say("choose", { n: number }));
        label.textContent = voice.say("to_gallery");
      },
    };
  }
  // Nodes that stand where they belong are left alone: moving one would take the focus from it.
  function place(box, nodes) {
    for (const gone of [...box.children].filter((one) => !nodes.includes(one))) gone.remove();
    nodes.forEach((one, n) => box.children[n] === one || box.insertBefore(one, box.children[n] ?? null));
  }
  function sparkline(scores) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 100 24");
    svg.setAttribute("class", "cs-spark");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    if (scores.length > 1) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
      line.setAttribute("points", scores.map((s, n) => `${(100 * n) / (scores.length - 1)},${22 - (20 * s) / 100}`).join(" "));
      svg.append(line);
    }
    return svg;
  }
  function faultEntry(fault) {
    const examples = fault.examples.map((words) => make("q", "cs-quote", { lang: "zh-CN" }, words));
    const top = make("p", "", {}, make("span", "cs-fault-sign", {}, icon("fault")), make("strong", "", {}, voice.pick(fault.name)), ` ${voice.pick(fault.count)}`);
    return make("div", "cs-common", {}, top, ...examples, make("p", "cs-quiet", {}, voice.pick(fault.advice)));
  }
  function heatRow(row) {
    const bar = make("span", "cs-heat-bar");
    const good = GOOD[row.type].reduce((sum, state) => sum + (row.states[state] || 0), 0);
    const all = Object.values(row.states).reduce((sum, n) => sum + n, 0);
    for (const [kind, n] of [["good", good], ["half", (row.states.unsure || 0) + (row.states.partly || 0)]]) {
      const piece = make("span", `cs-heat-${kind}`);
      piece.style.width = `${all ? (100 * n) / all : 0}%`;
      bar.append(piece);
    }
    return make("div", "cs-heat-row", {}, make("span", "cs-heat-name", {}, voice.pick(row.name)), bar, make("span", "cs-heat-count", {}, voice.pick(row.text)));
  }
  function enders(which) {
    const ends = page[which].open ? [ender(which, "close_vote", "close")] : [];
    return [make("div", "cs-actions", {}, ...ends, ender(which, `clear_${which}`, "clear"))];
  }
  function ender(which, key, deed) {
    const press = button("cs-link", {}, voice.say(key));
    press.addEventListener("click", () => act(deed, { which }));
    return press;
  }
  voice.onDraw(draw);
  return {
    node,
    draw(fresh) {
      page = fresh;
      draw();
    },
  };
}

// Forms for what all shall see. They stay as they are while news comes in.
function stageTools(voice, act, content) {
  const list = make("datalist", "", { id: `cs-ex-${Math.random().toString(36).slice(2)}` });
  const exercise = make("input", "cs-query", { type: "text", list: list.id });
  const question = make("input", "cs-query", { type: "text", maxlength: 200 });
  const options = make("textarea", "cs-text", { rows: 3 });
  const minutes = make("input", "cs-select cs-minutes", { type: "number", min: 0.5, max: 120, step: 0.5, value: 5 });
  const call = make("input", "cs-query", { type: "text", maxlength: 200 });
  const gallery = make("p", "cs-quiet");
  const rows = [
    tool("tool_exercise", [exercise], "send_all", () => act("exercise", { exercise: exercise.value.trim() })),
    tool("tool_timer", [minutes], "count_down", () => act("count_down", { minutes: minutes.value })),
    tool("tool_nudge", [call], "send_all", () => act("nudge", { text: call.value }).then((done) => done.ok && (call.value = ""))),
    tool("tool_poll", [question, options], "ask", () =>
      act("ask", { title: question.value, options: options.value.split("\n").map((o) => o.trim()).filter(Boolean) }).then((done) => {
        if (done.ok) question.value = options.value = "";
      }),
    ),
    tool("tool_gallery", [gallery], "show", () => act("show", { numbers: [...picked], title: "" }).then((done) => done.ok && picked.clear())),
  ];
  const summary = make("summary", "");
  const node = make("details", "cs-tools", {}, summary, list, make("div", "cs-tool-rows", {}, ...rows.map((row) => row.node)));
  let picked = new Set();
  let drawn = false;

  function tool(key, fields, press, deed) {
    const name = make("p", "cs-label");
    const go = button("cs-button", {});
    go.addEventListener("click", deed);
    return { key, press, name, go, node: make("div", "cs-tool", {}, name, ...fields, go) };
  }
  function words() {
    summary.textContent = voice.say("tools");
    list.replaceChildren(...content.exercises.map(({ id, title }) => new Option(voice.pick(title), id)));
    for (const row of rows) {
      row.name.textContent = voice.say(row.key);
      row.go.textContent = voice.say(row.press);
    }
    exercise.placeholder = voice.say("exercise_hint");
    question.placeholder = voice.say("question_hint");
    options.placeholder = voice.say("options_hint");
    call.placeholder = voice.say("nudge_hint");
    for (const field of [exercise, question, options, minutes, call]) field.setAttribute("aria-label", field.placeholder || voice.say("tool_timer"));
  }
  voice.onDraw(words);
  return {
    node,
    draw(page, chosen) {
      picked = chosen;
      node.hidden = !page.lesson;
      if (!drawn) node.open = !page.seats.length; // then it stays as the instructor leaves it
      drawn = true;
      gallery.textContent = voice.say("gallery_chosen", { n: chosen.size });
    },
  };
}
