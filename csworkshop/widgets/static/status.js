// Under the text: what the underlines mean (`legend`), how many characters there are, and whether they are saved.
import { make } from "./page.js";

export function statusLine(voice, text, { legend: withLegend = true } = {}) {
  const legend = make("span", "cs-legend");
  const state = make("span", "cs-state");
  const length = make("span", "cs-length");
  const node = make("div", "cs-status", {}, legend, state);
  let key = "connecting";
  let slow = 0;
  function set(next) {
    clearTimeout(slow);
    key = next;
    draw();
  }
  function draw() {
    if (!withLegend) {
      state.textContent = voice.say(key);
      state.dataset.state = key;
      return;
    }
    const samples = { technique: "earned", fault: "fault", unsure: "unsure" };
    legend.replaceChildren(
      ...Object.entries(samples).map(([kind, look]) => make("span", `cs-words cs-${look}`, {}, voice.say(`legend_${kind}`))),
    );
    legend.setAttribute("aria-label", voice.say("legend"));
    state.textContent = voice.say(key);
    state.dataset.state = key;
    length.textContent = voice.say("length", { n: Array.from(text.value).length });
  }
  voice.onDraw(draw);
  return {
    node,
    length,
    saved: () => set("saved"),
    unsaved: () => set("unsaved"),
    note: (next) => set(next),
    // Only a save that takes a while is worth a word; else the line would flicker at every key.
    saving() {
      clearTimeout(slow);
      slow = setTimeout(() => key !== "unsaved" && set("saving"), 500);
    },
    count: () => (length.textContent = voice.say("length", { n: Array.from(text.value).length })),
    stop: () => clearTimeout(slow),
  };
}
