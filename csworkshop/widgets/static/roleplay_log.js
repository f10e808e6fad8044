// The talk: chat bubbles that are only ever added to, what happened in between, three dots while the customer types.
import { make } from "./page.js";

export function chatLog(voice, name) {
  const list = make("div", "cs-rp-log", { role: "log", tabindex: "0", "aria-live": "polite" });
  const empty = make("div", "cs-rp-empty");
  const dots = make("div", "cs-rp-msg cs-rp-them cs-rp-typing", {});
  dots.append(make("div", "cs-rp-bubble", {}, make("span", "cs-rp-dots", { "aria-hidden": "true" }, make("i", ""), make("i", ""), make("i", ""))));
  const rows = []; // what is drawn again in another language

  function add(node, ...draw) {
    rows.push(...draw);
    draw.forEach((one) => one());
    empty.remove();
    if (dots.isConnected) list.insertBefore(node, dots);
    else list.append(node);
    down();
    return node;
  }
  function down() {
    list.scrollTop = list.scrollHeight;
  }
  function message(side, text, clock) {
    const who = make("span", "cs-hidden");
    const at = make("span", "cs-rp-at", {}, clock || "");
    const words = make("div", "cs-rp-bubble", { lang: "zh-CN" }, text);
    const node = make("div", `cs-rp-msg cs-rp-${side}`, {}, who, words, at);
    add(node, () => (who.textContent = side === "us" ? voice.say("you_said") : voice.say("they_said", { name })));
    return {
      node,
      setClock: (time) => (at.textContent = time),
    };
  }
  voice.onDraw(() => {
    list.setAttribute("aria-label", voice.say("log"));
    rows.forEach((draw) => draw());
  });
  return {
    node: list,
    empty,
    down,
    theirs: (text, clock) => message("them", text, clock),
    ours: (text, clock) => message("us", text, clock),
    // Something that isn't said: time passed, a ticket, the end. `words` is called again in another language.
    note(words, cls = "") {
      const text = make("span", "");
      const draw = () => (text.textContent = words());
      add(make("div", `cs-rp-note ${cls}`, {}, text), draw);
      return {
        relabel(other) {
          words = other;
          draw();
        },
      };
    },
    typing(yes) {
      if (yes && !dots.isConnected) {
        list.append(dots);
        down();
      } else if (!yes) dots.remove();
    },
    clear() {
      rows.length = 0;
      list.replaceChildren(empty);
    },
    // A whole talk that is put up at once is no news to be read out.
    quietly(whole, draw) {
      if (whole) list.setAttribute("aria-live", "off");
      draw();
      down();
      if (whole) setTimeout(() => list.setAttribute("aria-live", "polite"), 500);
    },
  };
}
