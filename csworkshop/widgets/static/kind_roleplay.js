// Role-play: a talk with a simulated customer. The answer is the seed and the trainee's replies; what the customer says
// is asked of Python each time, and only ever added to the log.
import { pressable } from "./boards.js";
import { icon, make } from "./page.js";
import { composer, spanOf } from "./roleplay_compose.js";
import { debriefing } from "./roleplay_debrief.js";
import { backOffice, ticketForm } from "./roleplay_desk.js";
import { endCard, endKey } from "./roleplay_end.js";
import { talkFlow } from "./roleplay_flow.js";
import { chatLog } from "./roleplay_log.js";
import { moodMeter } from "./roleplay_mood.js";

const WAITS = /^\s*\/\s*(?:等|wait)\s*(\d{1,4})?\s*(?:分钟?|小时|h|min)?\s*$/i;
const TYPING_KEY = "csworkshop:roleplay:typing";
const MOST_KEPT = 80; // looks, pauses, hints that an answer remembers
const SPARE = 7000; // characters of an answer besides its replies

export function board(voice, ids, content, on) {
  const { limits, seed: fixed, voice: modelSpeaks, mood: moodShown, channel, persona, domain } = content.board;
  let value = {};
  let enabled = false;
  let mine = false; // this window said the last reply: it is the one that notes what came of it
  let typing = !window.matchMedia("(prefers-reduced-motion: reduce)").matches && localStorage.getItem(TYPING_KEY) !== "off";
  let shown = nothing(); // what stands in the log
  let told = null; // how the talk stands, as Python said last
  let drawn = null;

  const about = make("span", "cs-rp-about");
  const clock = make("span", "cs-rp-clock");
  const typingSwitch = pressable(voice, "typing_on", switchTyping, "cs-link");
  const face = make("span", "cs-rp-face", { "aria-hidden": "true", lang: "zh-CN" }, content.board.name.slice(0, 1));
  const who = make("div", "cs-rp-who", {}, make("strong", "", { lang: "zh-CN" }, content.board.name), about);
  const head = make("div", "cs-rp-head", {}, face, who, typingSwitch, clock);
  const log = chatLog(voice, content.board.name);
  const begin = pressable(voice, "begin", start, "cs-button cs-primary");
  const rules = make("p", "cs-quiet");
  log.empty.append(make("p", "cs-rp-brief", { lang: "zh-CN" }, content.board.brief), begin, rules);
  const say = composer(voice, ids, content.board, {
    send: move,
    wait: (minutes) => move(`/等 ${minutes}`),
    draft: (draft) => change({ draft: draft.slice(0, limits.reply) }),
    hint: (number) => on.ask("hint", { ...asked(), number, looked: Boolean((value.looks || []).length) }),
    ticket: () => ticket.open(),
    finish: () => (change({ done: true }), over()),
    pause: () => noted("pauses", moves().length),
  });
  const flow = talkFlow(on.ask, () => typing, { talk: receiveTalk, turn: put, settled });
  const meter = moodMeter(voice);
  const desk = backOffice(voice, ids, content.board.tables, { look });
  const ticket = ticketForm(voice, ids, { ticket: openTicket, shut: () => say.area.focus() });
  const end = endCard(voice, content, { again: tryAgain });
  const after = make("div", "cs-rp-after");
  const hidden = make("p", "cs-quiet cs-rp-unseen");
  const chat = make("div", "cs-rp-chat", {}, head, log.node, say.node, ticket.node, end.node);
  const side = make("div", "cs-rp-side", {}, moodShown ? meter.node : hidden, desk.node);
  const node = make("div", "cs-rp", {}, make("div", "cs-rp-grid", {}, chat, side), after);
  voice.onDraw(() => {
    about.replaceChildren(icon(channel), [voice.say(`channel_${channel}`), voice.say(`persona_${persona}`), domain].join(" · "));
    rules.textContent = voice.say("rules", { moves: limits.moves, reply: limits.reply });
    hidden.textContent = voice.say("mood_hidden");
    typingSwitch.textContent = voice.say(typing ? "typing_on" : "typing_off");
  });
  reset();

  function nothing() {
    return { seed: undefined, moves: [], turns: [], opened: false, last: null, wait: null };
  }
  const moves = () => value.moves || [];
  const asked = () => ({ key: flow.key, seed: value.seed, moves: moves() });
  const isOver = () => Boolean(value.done || (told && (told.end || told.full)));

  function change(part) {
    const kept = value.seen || [];
    const seen = shown.turns.map((turn, n) => (kept[n] === undefined ? turn.sum : kept[n]));
    value = { ...value, ...(seen.length ? { seen } : {}), ...part };
    on.change(value);
  }
  const noted = (list, entry) => change({ [list]: [...(value[list] || []), entry].slice(-MOST_KEPT) });
  function switchTyping() {
    typing = !typing;
    localStorage.setItem(TYPING_KEY, typing ? "on" : "off");
    typingSwitch.textContent = voice.say(typing ? "typing_on" : "typing_off");
  }

  // --- the talk goes on ---

  function start() {
    if (!enabled || value.seed !== undefined) return;
    const seed = fixed === null ? crypto.getRandomValues(new Uint32Array(1))[0] % limits.seed : fixed;
    shown.seed = seed;
    change({ seed });
    drawState();
    fetchTalk();
    say.area.focus();
  }
  function move(text) {
    const next = { ...value, moves: [...moves(), text], draft: "" };
    while (tooMuch(next) && (next.earlier || []).length) next.earlier = next.earlier.slice(1); // earlier versions have it
    if (tooMuch(next)) {
      say.set(text);
      return log.note(() => voice.say("no_room"), "cs-rp-warning");
    }
    mine = true;
    change(next);
    own(text);
    fetchTalk();
  }
  function tooMuch(next) {
    return JSON.stringify(next.moves).length > limits.text || JSON.stringify(next).length > limits.text + SPARE;
  }
  // The trainee's own bubble, or a note that time passed.
  function own(text) {
    const wait = WAITS.test(text);
    shown.moves.push(text);
    shown.last = wait ? null : log.ours(text, "");
    shown.wait = wait ? log.note(() => voice.say("time_passes")) : null;
  }
  function fetchTalk() {
    if (value.seed === undefined) return;
    say.setState({ waiting: true });
    log.typing(shown.moves.length > shown.turns.length);
    flow.fetch({ seed: value.seed, moves: moves(), since: shown.turns.length });
  }
  // How the talk stands. What is new is put up at once where a whole talk is loaded, bit by bit where it goes on.
  function receiveTalk(message) {
    const live = shown.opened && message.turns.length === 1;
    const spoken = value.spoken || {};
    told = message;
    if (!live) {
      log.quietly(message.turns.length > 0, () => {
        open();
        message.turns.forEach((turn) => put(turn, spoken[turn.n] || turn.text, false));
      });
      return null;
    }
    const [turn] = message.turns;
    const ask = modelSpeaks && enabled && mine && !spoken[turn.n];
    const said = [message.opening.text, ...shown.turns.map((one) => spoken[one.n] || one.text)].map((text) => text.slice(0, 200));
    return { turn, words: spoken[turn.n] || turn.text, said: ask ? said : null };
  }
  function open() {
    if (shown.opened) return;
    const { text, clock: at, mood } = told.opening;
    shown.opened = true;
    log.theirs(text, at);
    meter.set(mood, null);
    clock.textContent = at;
  }
  function put(turn, words, byModel) {
    if (shown.moves.length < turn.n) own(moves()[turn.n - 1]);
    if (turn.waited !== null && shown.wait) shown.wait.relabel(() => voice.say("waited", { span: spanOf(voice, turn.waited) }));
    else if (shown.last) shown.last.setClock(turn.clock);
    log.typing(false);
    log.theirs(words, turn.clock);
    meter.set(turn.mood, shown.turns.length ? shown.turns[shown.turns.length - 1].mood : told.opening.mood);
    clock.textContent = turn.clock;
    shown.turns.push(turn);
    if (byModel) value = { ...value, spoken: { ...value.spoken, [turn.n]: words.slice(0, 200) } };
  }
  // All that was asked for stands in the log.
  function settled() {
    log.typing(false);
    if (enabled && mine) change(told.end ? { done: true } : {});
    mine = false;
    say.setState({ waiting: false, left: limits.moves - moves().length });
    drawState();
    if (isOver()) over();
    else on.ask("listen", asked());
  }
  function drawState() {
    const begun = value.seed !== undefined;
    const finished = begun && isOver();
    log.empty.hidden = begun;
    say.node.hidden = !begun || finished;
    say.setState({ enabled: enabled && begun && !finished });
    desk.enable(enabled && begun);
    ticket.enable(enabled && begun && !finished);
    begin.disabled = !enabled;
    end.node.hidden = !finished;
    const good = Boolean(told && ["resolved_loyal", "resolved_cool"].includes(told.end));
    end.set({ key: endKey(told), good, earlier: (value.earlier || []).length, enabled });
  }

  // --- the talk is over ---

  function over() {
    const first = end.node.hidden || !drawn;
    drawState();
    if (!told || !moves().length) return;
    if (first) {
      on.spoken(end.words());
      requestAnimationFrame(log.down); // the card at the end takes some of the log's height
    }
    if (first && node.contains(document.activeElement)) end.node.focus({ preventScroll: true });
    if (!content.graded) on.ask("debrief", { ...asked(), done: true, ticket: value.ticket || {} });
  }
  function receiveDebrief(message) {
    if (!message.debrief) return;
    const extra = { looks: value.looks || [], pauses: value.pauses || [], hints: value.hints || [], ticket: value.ticket };
    drawn = debriefing(voice, message, extra, { take });
    after.replaceChildren(drawn.node);
    if ((value.earlier || []).length) on.ask("tries", { key: flow.key, tries: [...value.earlier, { seed: value.seed, moves: moves() }] });
  }
  const thisTry = () => ({ seed: value.seed, moves: moves() });
  function tryAgain() {
    const earlier = moves().length ? [...(value.earlier || []), thisTry()].slice(-limits.tries) : value.earlier || [];
    value = earlier.length ? { earlier } : {};
    reset();
    start();
  }
  // An earlier try takes this one's place, and this one its own among the earlier ones.
  function take(n) {
    if (!enabled) return;
    const earlier = [...value.earlier.slice(0, n), ...value.earlier.slice(n + 1), thisTry()];
    value = { ...value.earlier[n], done: true, earlier };
    reset();
    change({});
    fetchTalk();
    node.scrollIntoView({ block: "nearest" });
  }
  function reset() {
    flow.forget();
    told = null;
    drawn = null;
    shown = { ...nothing(), seed: value.seed };
    log.clear();
    meter.set(null);
    desk.clear();
    ticket.shut();
    say.set("");
    after.replaceChildren();
    clock.textContent = content.board.clock;
    drawState();
  }

  // --- what else an agent does ---

  function look(what) {
    noted("looks", { at: moves().length, ...what });
    on.ask("look", what);
  }
  function openTicket(fields) {
    change({ ticket: { at: moves().length, ...fields } });
    on.ask("ticket", asked());
  }
  function receive(message) {
    if (message.name === "look") desk.show(message);
    else if (message.key !== flow.key) return; // about a talk that is no longer there
    else if (message.name === "talk" || message.name === "speak") flow.receive(message);
    else if (message.name === "debrief") receiveDebrief(message);
    else if (message.name === "tries" && drawn) drawn.setTries(message.tries, message.of);
    else if (message.name === "hint") {
      say.setHint(message);
      if (message.number === 0) noted("hints", moves().length);
    } else if (message.name === "ticket") {
      ticket.saved(message.ticket);
      log.note(() => voice.say("ticket_opened", { number: message.ticket }));
    }
  }

  return {
    node,
    get busy() {
      return say.busy;
    },
    load(saved) {
      const same = saved.seed === shown.seed && shown.moves.every((text, n) => (saved.moves || [])[n] === text);
      const draft = say.busy ? say.text : saved.draft || "";
      value = saved;
      mine = false;
      if (!same) reset();
      say.set(draft);
      ticket.set(saved.ticket);
      drawState();
      fetchTalk();
    },
    setMarks() {},
    enable(yes) {
      enabled = yes;
      drawState();
    },
    receive(message) {
      if (message.refused) console.warn("csworkshop: role-play:", message.refused);
      else receive(message);
    },
    summary(saved) {
      const said = saved.moves || [];
      return [voice.say("summary", { n: said.length }), ...said.map((text, n) => `${n + 1}. ${text}`)].join("\n");
    },
    stop() {
      flow.forget();
      say.stop();
    },
  };
}
