// What the instructor shows and all see: a call, a timer, a poll, rewrites side by side.
import { button, make } from "./page.js";

// `vote(ballot, option)` for trainees, null for the instructor. `more(which)` gives what else stands under each.
export function stageParts(voice, page, vote, more = () => []) {
  const parts = [];
  if (page.nudge) {
    const head = make("strong", "", {}, voice.pick(page.nudge.title));
    parts.push(make("div", "cs-nudge", {}, make("p", "", { role: "status" }, head, page.nudge.text), ...more("nudge")));
  }
  if (page.timer) {
    const left = make("p", `cs-timer${page.timer.left ? "" : " cs-over-time"}`, { role: "timer" }, page.timer.label ? `${page.timer.label} · ` : "", voice.pick(page.timer.text));
    parts.push(make("div", "cs-clock", {}, left, ...more("timer")));
  }
  for (const which of ["poll", "gallery"]) if (page[which]) parts.push(ballot(voice, page[which], vote, more(which)));
  return parts;
}

function ballot(voice, one, vote, more) {
  const head = make("p", "cs-who", {}, make("strong", "", {}, voice.pick(one.heading)), make("span", "", {}, one.title));
  const options = one.options.map((option) => {
    const label = option.label ? make("span", "cs-label", {}, voice.pick(option.label)) : "";
    const words = make("span", "cs-option-words", { lang: "zh-CN" }, option.text);
    const bar = make("span", "cs-vote-bar", { "aria-hidden": "true" });
    bar.style.width = `${Math.round(100 * option.share)}%`;
    const count = option.votes_text ? [bar, make("span", "cs-votes", {}, voice.pick(option.votes_text))] : [];
    if (!vote || !one.open) return make("div", "cs-ballot-option", {}, label, words, ...count);
    const chosen = one.voted === option.id;
    const pick = button("cs-ballot-option", { "aria-pressed": String(chosen) }, label, words, ...count);
    pick.addEventListener("click", () => vote(one.id, option.id));
    return pick;
  });
  const state = one.state ? [make("p", "cs-quiet", {}, voice.pick(one.state))] : [];
  return make("section", `cs-ballot cs-ballot-${one.kind}`, {}, head, make("div", "cs-ballot-options", {}, ...options), make("div", "cs-ballot-foot", {}, ...state, ...more));
}
