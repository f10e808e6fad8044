// What the trainee says: Enter sends, Shift+Enter makes a new line, half a syllable of pinyin is never sent. Beneath it
// what else an agent can do: wait, take a breath, open a ticket, ask for a hint, end the talk.
import { pressable } from "./boards.js";
import { button, make } from "./page.js";

const BREATH = 3; // seconds
const NEAR = 80; // characters left from which on they are counted on the screen

// `on`: send(text), wait(minutes), draft(text), hint(number), ticket(), finish(), pause().
export function composer(voice, ids, { limits, waits }, on) {
  const label = make("label", "cs-hidden", { for: `${ids.board}-say` });
  const area = make("textarea", "cs-text cs-rp-say", { id: `${ids.board}-say`, rows: 2, spellcheck: "false", autocomplete: "off" });
  const go = pressable(voice, "send", send, "cs-button cs-primary cs-rp-send");
  const count = make("p", "cs-rp-count", { role: "status" });
  const strip = make("div", "cs-rp-strip", { role: "status" });
  const state = { composing: false, enabled: false, waiting: false, breath: 0, breaths: 0, left: limits.moves, open: "", hint: null };
  let timer = 0;

  const tools = {
    wait: pressable(voice, "wait", () => toggle("wait")),
    breath: pressable(voice, "breath", breathe),
    ticket: pressable(voice, "ticket", () => on.ticket()),
    hint: pressable(voice, "hint_here", () => (state.hint ? close() : on.hint(0))),
    finish: pressable(voice, "finish", () => toggle("finish")),
  };
  const more = make("div", "cs-rp-more");
  const row = make("div", "cs-rp-tools", { role: "group" }, ...Object.values(tools));
  const node = make("div", "cs-rp-compose", {}, strip, more, make("div", "cs-rp-write", {}, label, area, go), count, row);

  function fit() {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 190)}px`;
  }
  function free() {
    return state.enabled && !state.waiting && !state.breath && state.left > 0;
  }
  function send() {
    const text = area.value.trim();
    area.focus();
    if (!text || !free() || text.length > limits.reply) return draw();
    area.value = "";
    fit();
    close();
    on.send(text);
  }
  function typed() {
    fit();
    count.textContent = counted();
    go.setAttribute("aria-disabled", String(!ready()));
    if (!state.composing) on.draft(area.value);
  }
  const ready = () => free() && area.value.trim() && area.value.trim().length <= limits.reply;
  function counted() {
    const n = area.value.trim().length;
    if (n > limits.reply) return voice.say("too_long", { n: n - limits.reply });
    if (n > limits.reply - NEAR) return voice.say("room", { n: limits.reply - n });
    return state.left <= 10 ? voice.say("moves_left", { n: state.left }) : "";
  }
  function breathe() {
    if (state.breath || !state.enabled) return;
    close();
    state.breath = BREATH;
    state.breaths += 1;
    on.pause();
    area.focus();
    const tick = () => {
      state.breath -= 1;
      if (state.breath) timer = setTimeout(tick, 1000);
      draw();
    };
    timer = setTimeout(tick, 1000);
    draw();
  }
  function toggle(what) {
    state.hint = null;
    state.open = state.open === what ? "" : what;
    draw();
    const first = more.querySelector("button");
    if (state.open && first) first.focus();
  }
  function close() {
    state.open = "";
    state.hint = null;
    draw();
  }
  // Here for a moment only, so in the language of the moment.
  function press(key, doing, cls = "cs-button") {
    const node = button(cls, {}, voice.say(key));
    node.addEventListener("click", doing);
    return node;
  }
  function drawMore() {
    if (state.open === "wait") {
      const picks = waits.map((minutes) => {
        const pick = button("cs-button", {}, spanOf(voice, minutes));
        pick.addEventListener("click", () => (close(), area.focus(), free() && on.wait(minutes)));
        return pick;
      });
      return [make("span", "cs-quiet", {}, voice.say("wait_how_long")), ...picks];
    }
    if (state.open === "finish") {
      const yes = press("finish_yes", () => (close(), on.finish()), "cs-button cs-rp-danger");
      const no = press("finish_no", () => (close(), area.focus()));
      return [make("span", "cs-quiet", {}, voice.say("finish_sure")), yes, no];
    }
    return [];
  }
  function drawStrip() {
    if (state.breath) {
      const beats = make("span", "cs-rp-beats", { "aria-hidden": "true" }, "●".repeat(BREATH - state.breath) + "○".repeat(state.breath));
      return [beats, voice.say(`breath_${(state.breaths - 1) % 4}`)];
    }
    if (!state.hint) return [];
    const again = state.hint.more ? [press("hint_other", () => on.hint(state.hint.number + 1), "cs-link")] : [];
    return [make("span", "", {}, voice.pick(state.hint.hint)), ...again, press("dismiss", () => (close(), area.focus()), "cs-link")];
  }
  function draw() {
    label.textContent = voice.say("say");
    area.placeholder = state.left > 0 ? voice.say("say_hint") : voice.say("moves_none");
    area.readOnly = !state.enabled;
    count.textContent = counted();
    go.setAttribute("aria-disabled", String(!ready()));
    go.title = state.waiting ? voice.say("they_type") : "";
    strip.replaceChildren(...drawStrip());
    strip.classList.toggle("cs-rp-breathing", state.breath > 0);
    strip.hidden = !strip.firstChild;
    more.replaceChildren(...drawMore());
    more.hidden = !more.firstChild;
    tools.wait.setAttribute("aria-expanded", String(state.open === "wait"));
    tools.finish.setAttribute("aria-expanded", String(state.open === "finish"));
    for (const tool of Object.values(tools)) tool.disabled = !state.enabled;
  }
  area.addEventListener("compositionstart", () => (state.composing = true));
  area.addEventListener("compositionend", () => {
    state.composing = false;
    typed();
  });
  area.addEventListener("input", typed);
  area.addEventListener("contextmenu", (event) => event.stopPropagation());
  area.addEventListener("keydown", (event) => {
    // keyCode 229: the key that ends a composition, where the browser says so too late
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  more.addEventListener("keydown", (event) => event.key === "Escape" && (close(), area.focus()));
  voice.onDraw(draw);
  return {
    node,
    area,
    // In the middle of words that aren't sent: another window's talk may not take their place.
    get busy() {
      return state.composing || (document.activeElement === area && Boolean(area.value.trim()));
    },
    get text() {
      return area.value;
    },
    set(text) {
      area.value = text;
      requestAnimationFrame(fit);
      draw();
    },
    setHint(hint) {
      state.hint = hint;
      state.open = "";
      draw();
    },
    setState(next) {
      Object.assign(state, next);
      draw();
    },
    stop: () => clearTimeout(timer),
  };
}

// Minutes as a person says them.
export function spanOf(voice, minutes) {
  if (minutes % 1440 === 0) return voice.say("days", { n: minutes / 1440 });
  return minutes % 60 === 0 ? voice.say("hours", { n: minutes / 60 }) : voice.say("minutes", { n: minutes });
}
