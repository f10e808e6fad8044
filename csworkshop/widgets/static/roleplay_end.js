// What stands in the place of the text when a talk is over: how it ended, and another try.
import { button, make } from "./page.js";

// The words for an end go into sentences, too, so they begin small in English.
const atTheHead = (words) => words.charAt(0).toUpperCase() + words.slice(1);

export function endCard(voice, content, on) {
  const node = make("div", "cs-rp-end", { tabindex: "-1" });
  let state = { key: "end_none", good: false, earlier: 0, enabled: false };
  function draw() {
    const again = button("cs-button cs-primary", {}, voice.say("try_again"));
    again.disabled = !state.enabled;
    again.addEventListener("click", on.again);
    const sign = make("span", "cs-rp-end-sign", { "aria-hidden": "true" }, state.good ? "✓" : "—");
    const lines = [make("p", "cs-rp-outcome", {}, sign, atTheHead(voice.say(state.key)))];
    lines.push(make("p", "cs-quiet", {}, voice.say(content.graded ? "debrief_later" : "debrief_below")));
    if (state.earlier) lines.push(make("p", "cs-quiet", {}, voice.say("tries_kept", { n: state.earlier })));
    node.classList.toggle("cs-rp-good", state.good);
    node.replaceChildren(make("div", "", {}, ...lines), again);
  }
  voice.onDraw(draw);
  return {
    node,
    set(next) {
      state = { ...state, ...next };
      draw();
    },
    words: () => voice.say(state.key),
  };
}

// The words for an end of Python's: resolved_loyal, resolved_cool, escalated, lost; none for a talk that has none.
export const outcomeKey = (end) => `end_${(end || "none").replace("resolved_", "")}`;

// Which words say how a talk stands; `told` as Python says it, null before that.
export function endKey(told) {
  if (told && told.end) return outcomeKey(told.end);
  if (told && told.full) return "end_full";
  return told && told.accepted ? "end_agreed" : "end_none";
}
