// The three-second buffer: one burst after the other; between the customer's words and ours a breath and a thought.
import { choices, foundIn, heading, pressable, writing } from "./boards.js";
import { make } from "./page.js";
import { context } from "./talk.js";

const OWN_LINE = "own"; // the id of a line to oneself that was written, not chosen

export function board(voice, ids, content, on) {
  const { scene, rounds, pause_ms } = content.board;
  let value = {};
  let enabled = false;
  let running = -1; // the round whose clock runs
  let shown = 0; // the round that is looked at

  const ease = make("div", "cs-buffer-ease");
  const untimed = toggle("untimed", () => changed({ untimed: untimed.checked() }));
  const still = toggle("still", () => {
    changed({ still: still.checked() });
    node.classList.toggle("cs-buffer-still", still.checked());
  });
  ease.append(untimed.node, still.node);
  const tabs = make("div", "cs-buffer-tabs", { role: "group" });
  const buttons = rounds.map((_, n) => {
    const tab = make("button", "cs-button", { type: "button" });
    tab.addEventListener("click", () => show(n));
    tabs.append(tab);
    return tab;
  });
  const parts = rounds.map((round, n) => part(round, n));
  const back = lookBack();
  const node = make("div", "cs-buffer", {}, context(voice, scene), ease, tabs, ...parts.map((p) => p.node), back.node);

  function toggle(key, onChange) {
    const input = make("input", "", { type: "checkbox" });
    const words = make("span", "");
    voice.onDraw(() => (words.textContent = voice.say(key)));
    input.addEventListener("change", onChange);
    return {
      node: make("label", "", {}, input, words),
      checked: () => input.checked,
      set: (yes) => (input.checked = yes),
      enable: (yes) => (input.disabled = !yes),
    };
  }
  const did = (n) => (value.rounds || {})[rounds[n].id] || {};
  function record(n, change) {
    changed({ rounds: { ...value.rounds, [rounds[n].id]: { ...did(n), ...change } } });
  }
  function changed(change) {
    value = { ...value, ...change };
    for (const key of ["untimed", "still"]) if (!value[key]) delete value[key];
    draw();
    on.change(value);
  }

  function part(round, n) {
    const id = `${ids.board}-${round.id}`;
    const breath = breathing(voice, pause_ms);
    const says = make("p", `cs-buffer-says cs-heat-${round.heat}`, { lang: "zh-CN" }, round.says);
    const heat = make("p", "cs-buffer-heat");
    const scream = make("div", "cs-buffer-scream", {}, heat, says);
    const stage = make("div", "cs-buffer-stage", {}, breath.node, scream);
    const ready = make("p", "cs-quiet");
    const start = pressable(voice, "start_round", () => begin(n), "cs-button cs-buffer-go");
    const wait = make("div", "cs-buffer-wait", {}, ready, start);

    const talkTitle = heading(`${id}-talk`, () => voice.say("talk"), voice);
    const options = [...round.lines, { id: OWN_LINE, text: inBoth(() => voice.say("own")) }];
    const talk = choices(voice, `${id}-line`, `${id}-talk`, options, (line) => thought(n, { line }));
    const ownLabel = { id: `${id}-own`, label: () => voice.say("own_label"), rows: 1 };
    const own = writing(voice, ownLabel, (words) => thought(n, { own: words }));
    own.area.maxLength = 200;

    const firstTitle = heading(`${id}-first`, () => voice.say(round.first ? "first_choose" : "first_write"), voice);
    const first = round.first
      ? choices(voice, `${id}-said`, `${id}-first`, round.first, (chosen) => spoke(n, { first: chosen }))
      : writing(voice, { id: `${id}-reply`, label: () => voice.say("first_label") }, (reply) => spoke(n, { reply }));
    if (first.area) {
      first.area.maxLength = 400;
      // The clock takes the first key, not the first whole syllable.
      for (const event of ["beforeinput", "compositionstart"]) first.area.addEventListener(event, () => touched(n));
    }
    const end = pressable(voice, "end_round", () => finish(n), "cs-button cs-buffer-go");
    const again = pressable(voice, "again", () => begin(n));
    const next = pressable(voice, "next", () => show(n + 1), "cs-button cs-buffer-go");
    const told = make("p", "cs-buffer-told");
    const found = foundIn(voice, (item) => item.startsWith(`${round.id}.`));
    const steps = make("div", "cs-buffer-steps", {}, talkTitle, talk.node, own.node, firstTitle, first.node);
    const ends = make("div", "cs-actions cs-buffer-ends", {}, end, next, again);
    const section = make("section", "cs-buffer-round", {}, wait, stage, steps, told, found.node, ends);
    const pieces = { breath, heat, ready, start, wait, stage, talk, own, first, end, again, next, told, steps, found };
    return { round, node: section, ...pieces, began: 0 };
  }
  function begin(n) {
    stopClock();
    running = n;
    shown = n;
    const { breath, first, talk, own } = parts[n];
    parts[n].began = performance.now();
    talk.set("");
    own.set("");
    first.set("");
    const rest = { ...value.rounds };
    delete rest[rounds[n].id];
    changed({ rounds: rest });
    breath.start();
    talk.node.querySelector("input").focus({ preventScroll: true });
  }
  function stopClock() {
    if (running >= 0) parts[running].breath.stop();
    running = -1;
  }
  const since = (n) => Math.round(performance.now() - parts[n].began);
  // The times are those of the first touch: later changes of mind are no second reaction.
  function thought(n, change) {
    record(n, { ...change, ...(running === n && !did(n).line_ms ? { line_ms: since(n) } : {}) });
  }
  function touched(n) {
    if (running === n && !did(n).first_ms) record(n, { first_ms: since(n) });
  }
  function spoke(n, change) {
    touched(n);
    record(n, change);
  }
  function finish(n) {
    stopClock();
    record(n, { done: true });
    on.spoken(parts[n].told.textContent);
    (parts[n].next.hidden ? parts[n].again : parts[n].next).focus();
  }
  function show(n) {
    if (running !== n) stopClock(); // a round that was left is begun anew: its clock would be no measure
    shown = Math.min(n, rounds.length - 1);
    draw();
    const { start, wait } = parts[shown];
    if (!wait.hidden) start.focus({ preventScroll: true });
  }

  function draw() {
    untimed.set(Boolean(value.untimed));
    still.set(Boolean(value.still));
    tabs.setAttribute("aria-label", voice.say("rounds"));
    parts.forEach((one, n) => {
      const { line, done, first_ms: first, reply, first: chosen } = did(n);
      const live = running === n;
      one.node.hidden = n !== shown;
      one.wait.hidden = live || Boolean(done);
      one.stage.hidden = one.steps.hidden = !live && !done;
      one.breath.node.hidden = !live;
      one.own.node.hidden = line !== OWN_LINE;
      const said = Boolean((reply || "").trim() || chosen);
      one.end.hidden = !live;
      one.end.disabled = !said || !enabled;
      one.again.hidden = !done;
      one.next.hidden = !done || n === rounds.length - 1;
      one.told.hidden = !done;
      const seconds = ((first || 0) / 1000).toFixed(1);
      one.told.textContent = value.untimed ? voice.say("told_untimed") : voice.say("told", { seconds });
      one.ready.textContent = voice.say(value.untimed ? "ready_untimed" : "ready");
      one.heat.textContent = voice.say("heat", { n: one.round.heat });
      const state = done ? "✓" : live ? "…" : "";
      buttons[n].textContent = `${voice.say("round", { n: n + 1 })} ${state}`.trim();
      buttons[n].setAttribute("aria-pressed", String(n === shown));
      lock(one, enabled && live);
      for (const button of [one.start, one.again]) button.disabled = !enabled;
    });
    back.node.hidden = !rounds.every((_, n) => did(n).done);
  }
  function lock(one, open) {
    one.talk.enable(open);
    one.own.enable(open);
    one.first.enable(open);
  }

  function lookBack() {
    const id = `${ids.board}-back`;
    const title = heading(id, () => voice.say("back"), voice);
    const why = make("p", "cs-quiet");
    const hottest = make("p", "cs-label", { id: `${id}-hot` });
    const where = choices(
      voice,
      `${id}-hottest`,
      `${id}-hot`,
      rounds.map(({ id: round }, n) => ({ id: round, text: inBoth(() => voice.say("round", { n: n + 1 })) })),
      (round) => changed({ back: { ...value.back, hottest: round } }),
    );
    const note = writing(
      voice,
      { id: `${id}-note`, label: () => voice.say("helps"), placeholder: () => voice.say("helps_start") },
      (words) => changed({ back: { ...value.back, note: words } }),
    );
    note.area.maxLength = 1000;
    voice.onDraw(() => {
      why.textContent = voice.say("back_why");
      hottest.textContent = voice.say("hottest");
    });
    return { node: make("section", "cs-buffer-back", {}, title, why, hottest, where.node, note.node), where, note };
  }

  voice.onDraw(draw);
  return {
    node,
    load(saved) {
      stopClock();
      value = { ...saved };
      parts.forEach((one, n) => {
        const { line = "", own = "", first = "", reply = "" } = did(n);
        one.talk.set(line);
        one.own.set(own);
        one.first.set(one.round.first ? first : reply);
      });
      const { hottest = "", note = "" } = value.back || {};
      back.where.set(hottest);
      back.note.set(note);
      node.classList.toggle("cs-buffer-still", Boolean(value.still));
      const open = rounds.findIndex((_, n) => !did(n).done);
      shown = open < 0 ? 0 : open;
      draw();
    },
    setMarks(marks) {
      for (const one of parts) one.found.set(marks);
    },
    enable(yes) {
      enabled = yes;
      untimed.enable(yes);
      still.enable(yes);
      back.where.enable(yes);
      back.note.enable(yes);
      draw();
    },
    summary(saved) {
      const rows = rounds.map((round, n) => {
        const { line, own, first, reply } = (saved.rounds || {})[round.id] || {};
        const chosen = (list, id) => (list || []).find((one) => one.id === id)?.text || "";
        const thought = line === OWN_LINE ? own : chosen(round.lines, line);
        return `${n + 1}. （${thought || "—"}）${reply || chosen(round.first, first) || "—"}`;
      });
      return rows.join("\n");
    },
    get busy() {
      return running >= 0 || back.note.busy;
    },
    stop: stopClock,
  };
}

// Interface words where a text in both languages is asked for: they are said in the language of the moment.
function inBoth(say) {
  return {
    get zh() {
      return say();
    },
    get en() {
      return say();
    },
  };
}

// A circle that grows while one breathes in; in its middle the seconds that are left, for whoever wants no motion.
function breathing(voice, ms) {
  const circle = make("div", "cs-buffer-circle", { "aria-hidden": "true" }, make("span", ""));
  const words = make("p", "cs-buffer-breath", { role: "status" });
  const node = make("div", "cs-buffer-breathing", {}, circle, words);
  const timers = [];
  const count = (text) => (circle.firstChild.textContent = text);
  function stop() {
    timers.splice(0).forEach(clearTimeout);
    node.classList.remove("cs-breathing", "cs-breathed");
  }
  function start() {
    stop();
    void node.offsetWidth; // so that the circle begins anew
    node.classList.add("cs-breathing");
    words.textContent = voice.say("breathe");
    const seconds = Math.ceil(ms / 1000);
    for (let n = 0; n < seconds; n++) timers.push(setTimeout(() => count(String(seconds - n)), n * 1000));
    timers.push(
      setTimeout(() => {
        node.classList.add("cs-breathed");
        count("✓");
        words.textContent = voice.say("breathed");
      }, ms),
    );
  }
  return { node, start, stop };
}
