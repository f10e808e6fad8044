// The shell of a screen that Python draws: asks for news, sends what is done, says what went wrong.
//
// `screen(voice, act, content)` in the screen's own file hands back { node, draw(page), busy() }. `act(name, data)`
// gives a promise of { ok, said, … }. A page is drawn only where it has changed.
import { make, notices, speaker } from "./page.js";
import { screen } from "./treehole.js";

function render({ model, el: root }) {
  const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
  const voice = speaker(model);
  const content = model.get("content");
  const alarms = notices(voice);
  const waiting = new Map();
  let number = 0;
  let heard = Date.now();
  let fresh = null; // a page that came and is not drawn yet
  let pressed = false;

  const shown = screen(voice, act, content);
  root.classList.add("cs-studio", "cs-screen", "cs-waiting");
  shown.node.hidden = true; // until there is a page: fields that nobody could use would only puzzle
  root.append(languages(), alarms.node, shown.node);

  function send(kind, more = {}) {
    try {
      model.send({ kind, client, ...more });
    } catch (error) {
      console.warn("csworkshop: the kernel cannot be reached", error);
    }
  }
  function act(name, data = {}) {
    number += 1;
    const n = number;
    send("act", { n, name, data });
    return new Promise((settle) => waiting.set(n, settle));
  }
  function receive(message) {
    if (message.client !== client) return;
    heard = Date.now();
    alarms.hide("silent");
    if (message.kind === "done") {
      const settle = waiting.get(message.n);
      waiting.delete(message.n);
      if (message.said && !message.quiet) alarms.show("act", { tone: message.ok ? "info" : "alarm", text: () => voice.pick(message.said) });
      else alarms.hide("act");
      if (settle) settle(message);
    } else if (message.problem) {
      alarms.show("page", { tone: shown.node.hidden ? "info" : "alarm", text: () => voice.pick(message.problem) });
    } else {
      alarms.hide("page");
      shown.node.hidden = false;
      root.classList.remove("cs-waiting");
      fresh = message.page;
      if (!pressed) draw();
    }
  }
  // What is under a finger stays until it is let go: a button drawn anew between press and release hears no click.
  function draw() {
    if (fresh) shown.draw(fresh);
    fresh = null;
  }
  function press() {
    pressed = true;
  }
  function release() {
    if (pressed) setTimeout(() => ((pressed = false), draw()), 0);
  }
  function languages() {
    const toggle = make("div", "cs-toggle cs-screen-lang", { role: "group" });
    for (const [lang, label] of [["zh", "中文"], ["en", "English"]]) {
      const choice = make("button", "cs-choice", { type: "button", "data-lang": lang }, label);
      choice.addEventListener("click", () => (model.set("lang", lang), model.save_changes()));
      toggle.append(choice);
    }
    voice.onDraw(() => {
      toggle.setAttribute("aria-label", voice.say("language"));
      for (const one of toggle.children) one.setAttribute("aria-pressed", String(one.dataset.lang === voice.lang));
      root.lang = voice.lang === "en" ? "en" : "zh-CN";
    });
    return toggle;
  }
  // News is asked for while somebody can see it. A page that doesn't change isn't sent, so silence is no alarm by
  // itself: after a while the page is asked for as a newcomer would.
  let asked = Date.now();
  const timer = setInterval(() => {
    if (document.hidden || !root.isConnected) return;
    const quiet = Date.now() - heard;
    if (quiet > 15000 && Date.now() - asked > 5000) {
      send("hello");
      asked = Date.now();
      if (quiet > 25000) alarms.show("silent", { tone: "alarm", text: () => voice.say("silent") });
    } else {
      send("tick");
    }
  }, content.every * 1000);
  const keys = (event) => ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") || event.stopPropagation();
  root.addEventListener("keydown", keys);
  root.addEventListener("pointerdown", press, true);
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, release);
  model.on("msg:custom", receive);
  model.on("change:lang", voice.redraw);
  send("hello");
  return () => {
    clearInterval(timer);
    for (const end of ["pointerup", "pointercancel"]) window.removeEventListener(end, release);
    model.off("msg:custom", receive);
    model.off("change:lang", voice.redraw);
    send("bye");
  };
}

export default { render };
