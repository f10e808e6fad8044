// The ticket desk: a clock that runs fast or by hand, the record of what happened, a panel for each kind of step.
import { pressable } from "./boards.js";
import { closePart, handPart, lookPart, openPart, sayPart } from "./desk_parts.js";
import { button, make } from "./page.js";
import { customerTurn } from "./talk.js";

const STEPS = ["open", "look", "say", "hand", "close"];
const TICK = 1000; // a second at the screen is a minute at the desk

export function board(voice, ids, content, on) {
  const desk = content.board;
  let answer = {}; // { log, now, drafts }
  let world = { feed: [], clock: 0, wake: null, next: null, ended: "", opened: false, steps: 0 };
  let clock = 0; // minutes at the desk
  let running = false;
  let enabled = false;
  let weak = [];
  let step = "say";
  let armed = 0;

  const id = (part) => `${ids.board}-${part}`;
  const [customer, context] = customerTurn(voice, desk.scene);
  context.open = true;
  const hands = deskClock(voice, { run, ahead, toNext });
  const feed = make("ol", "cs-desk-feed", { "aria-label": voice.say("feed"), tabindex: 0 });
  const ended = make("p", "cs-desk-ended");
  const tabs = make("div", "cs-desk-steps-row", { role: "tablist", "aria-label": voice.say("actions") });
  const doors = STEPS.map((name) => {
    const tab = button("cs-desk-do", { role: "tab", id: id(`tab-${name}`), "aria-controls": id("panel"), "data-step": name });
    tab.addEventListener("click", () => show(name));
    tabs.append(tab);
    return { name, tab };
  });
  const parts = {
    open: openPart(voice, id, desk, opened),
    look: lookPart(voice, desk, (place) => act({ do: "look", place })),
    say: sayPart(voice, id("say"), desk, keepDraft, (text) => act({ do: "say", text }, "say")),
    hand: handPart(voice, id, desk, keepDraft, (text, department) => act({ do: "hand", text, department }, "hand")),
    close: closePart(voice, id, desk, (survey) => act({ do: "close", survey }), () => act({ do: "keep" })),
  };
  const panel = make("div", "cs-desk-panel", { role: "tabpanel", id: id("panel") });
  const again = pressable(voice, "restart", restart, "cs-button cs-desk-again");
  const node = make("div", "cs-desk", {}, customer, context, hands.node, feed, ended, tabs, panel, again);

  // --- time ---

  const ticker = setInterval(tick, TICK);
  function tick() {
    if (!running || world.ended || parts.say.busy || parts.hand.busy) return;
    clock = Math.min(clock + 1, desk.length);
    hands.draw(desk.start + clock, running);
    if (world.wake !== null && clock >= world.wake) ask();
    if (clock >= desk.length) run(false);
  }
  function run(yes) {
    running = yes && !world.ended;
    hands.draw(desk.start + clock, running);
    if (!running) save();
  }
  function ahead(minutes) {
    clock = Math.min(clock + minutes, desk.length);
    save();
  }
  function toNext() {
    clock = world.next === null ? desk.length : Math.max(clock, world.next);
    save();
  }
  function ask() {
    on.ask("desk", { log: answer.log || [], now: clock });
  }
  // The clock and what was done go to Python; it says what happened meanwhile.
  function save() {
    const now = Math.floor(clock);
    answer = { ...answer, now };
    if (!(answer.log || []).length && !now) delete answer.now;
    on.change(clean(answer));
    ask();
  }
  function clean(value) {
    return Object.fromEntries(Object.entries(value).filter(([, v]) => !(Array.isArray(v) && !v.length)));
  }

  // --- steps ---

  function act(action, draft) {
    if (!enabled || world.ended) return;
    const log = answer.log || [];
    if (log.length >= desk.most) {
      on.spoken(voice.say("full"));
      return;
    }
    const drafts = { ...(answer.drafts || {}) };
    if (draft) delete drafts[draft];
    answer = { ...answer, log: [...log, { at: Math.floor(clock), ...action }] };
    if (Object.keys(drafts).length) answer.drafts = drafts;
    else delete answer.drafts;
    save();
  }
  function opened(found) {
    act({ do: "open", ...found });
    show("say");
  }
  function keepDraft(kind, value) {
    const drafts = { ...(answer.drafts || {}), [kind]: value };
    if (!value) delete drafts[kind];
    answer = { ...answer, drafts };
    if (!Object.keys(drafts).length) delete answer.drafts;
    on.change(clean(answer));
  }
  function restart() {
    if (!enabled) return;
    if (!armed) {
      armed = setTimeout(disarm, 4000);
      draw();
      return;
    }
    disarm();
    clock = 0;
    running = false;
    answer = {};
    on.change({});
    ask();
    show("open");
  }
  function disarm() {
    clearTimeout(armed);
    armed = 0;
    draw();
  }
  function show(name) {
    step = name;
    panel.replaceChildren(parts[name].node);
    draw();
  }
  tabs.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = (STEPS.indexOf(step) + by + STEPS.length) % STEPS.length;
    show(STEPS[at]);
    doors[at].tab.focus();
  });

  // --- drawing ---

  function draw() {
    feed.setAttribute("aria-label", voice.say("feed"));
    tabs.setAttribute("aria-label", voice.say("actions"));
    for (const { name, tab } of doors) {
      tab.textContent = voice.say(`do_${name}`);
      tab.setAttribute("aria-selected", String(step === name));
      tab.tabIndex = step === name ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", id(`tab-${step}`));
    tabs.hidden = panel.hidden = Boolean(world.ended);
    hands.enable(enabled && !world.ended);
    ended.hidden = !world.ended;
    ended.textContent = world.ended ? voice.say(`ended_${world.ended}`) : "";
    again.textContent = voice.say(armed ? "restart_sure" : "restart");
    again.hidden = !(answer.log || []).length && !world.ended;
    for (const name of STEPS) parts[name].draw({ enabled: enabled && !world.ended, world, drafts: answer.drafts || {} });
    drawFeed();
  }
  function drawFeed() {
    const rows = world.feed.map((entry) => {
      const when = make("p", "cs-desk-when", {}, make("strong", "", {}, voice.say(`who_${entry.who}`)), make("span", "", {}, entry.at));
      if (entry.who === "you" && entry.kind) when.append(make("span", "", {}, voice.say("feed_to", { name: entry.kind })));
      if (entry.who === "system" && entry.kind) when.append(make("span", "", {}, entry.kind));
      if (entry.kind === "chaser") when.append(make("em", "", {}, voice.say("feed_asks")));
      const cls = `cs-desk-entry cs-desk-${entry.who}${weak.includes(entry.text) ? " cs-desk-weak" : ""}`;
      return make("li", cls, {}, when, make("p", "cs-desk-text", { lang: "zh-CN" }, entry.text));
    });
    const bottom = feed.scrollHeight - feed.scrollTop - feed.clientHeight < 60;
    feed.replaceChildren(...(rows.length ? rows : [make("li", "cs-quiet", {}, voice.say("feed_none"))]));
    if (bottom || !rows.length) feed.scrollTop = feed.scrollHeight;
  }
  voice.onDraw(draw);
  show("open");

  return {
    node,
    stop: () => clearInterval(ticker),
    get busy() {
      return running || parts.say.busy || parts.hand.busy;
    },
    load(value) {
      answer = value;
      running = false;
      clock = value.now || 0;
      const log = value.log || [];
      weak = [];
      show(log.some((action) => action.do === "open") ? "say" : "open");
      ask();
      hands.draw(desk.start + clock, running);
    },
    setMarks(found) {
      const lines = found ? found.lines.filter((line) => line.state !== "earned" && line.quotes.length) : [];
      weak = lines.flatMap((line) => line.quotes);
      draw();
    },
    enable(yes) {
      enabled = yes;
      if (!yes) running = false;
      draw();
    },
    // What happened until now; an answer to an older log comes late and is passed over.
    receive(message) {
      if (message.steps !== (answer.log || []).length) return;
      const news = message.feed.slice(world.feed.length);
      world = message;
      clock = world.ended ? world.clock : Math.max(clock, world.clock);
      if (world.ended) running = false;
      hands.draw(desk.start + clock, running);
      draw();
      for (const entry of news) {
        on.spoken(voice.say("spoken_at", { time: entry.at, who: voice.say(`who_${entry.who}`), text: entry.text }));
      }
    },
    summary(value) {
      const rows = (value.log || []).map((action) => {
        const what = [action.type, action.priority, action.place, action.department, action.text].filter(Boolean);
        return `${voice.say(`do_${action.do === "keep" ? "close" : action.do}`)}${what.length ? ` ${what.join(" · ")}` : ""}`;
      });
      return rows.join("\n") || "—";
    },
  };
}

// The clock with its two ways of going: by itself, or in steps.
function deskClock(voice, on) {
  const label = make("span", "");
  const time = make("strong", "", { "aria-live": "off" });
  const shown = make("p", "cs-desk-time", {}, label, time);
  const start = button("cs-button", {});
  let going = false;
  start.addEventListener("click", () => on.run(!going));
  const steps = [
    [10, (minutes) => on.ahead(minutes)],
    [30, (minutes) => on.ahead(minutes)],
  ].map(([minutes, go]) => {
    const node = button("cs-button", {});
    voice.onDraw(() => (node.textContent = voice.say("ahead", { n: minutes })));
    node.addEventListener("click", () => go(minutes));
    return node;
  });
  const next = pressable(voice, "ahead_next", on.toNext);
  const how = make("p", "cs-desk-how");
  const node = make("div", "cs-desk-bar", {}, shown, make("div", "cs-desk-steps", {}, start, ...steps, next), how);
  voice.onDraw(() => {
    label.textContent = voice.say("clock");
    how.textContent = voice.say("how");
    start.textContent = voice.say(going ? "pause" : "run");
  });
  return {
    node,
    enable: (yes) => [start, ...steps, next].forEach((one) => (one.disabled = !yes)),
    draw(minute, running) {
      going = running;
      time.textContent = `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
      start.textContent = voice.say(going ? "pause" : "run");
      node.classList.toggle("cs-desk-running", going);
    },
  };
}
