// The talk again, one reply after the other: the trainee's own words marked, what they did to the customer and why.
import { make } from "./page.js";
import { spanOf } from "./roleplay_compose.js";

const SLIGHT = 12; // a reply that did less good than this is opened by itself
const QUIET_NOTES = ["ignored", "patience", "hidden", "met"];

export function stepList(voice, debrief) {
  const list = make("ol", "cs-rp-steps");
  const nodes = debrief.steps.map((step) => stepNode(voice, debrief, step));
  list.append(...nodes);
  return list;
}

function stepNode(voice, debrief, step) {
  const number = make("span", "cs-rp-n", { "aria-hidden": "true" }, String(step.number));
  const preview = make("span", "cs-rp-preview", { lang: "zh-CN" });
  const gain = make("span", `cs-rp-gain ${step.gain >= SLIGHT ? "cs-earned" : step.gain > -SLIGHT ? "cs-missing" : "cs-fault"}`);
  const body = make("div", "cs-rp-body");
  const node = make("details", "cs-rp-step", {}, make("summary", "", {}, number, preview, gain), body);
  node.open = step.gain < SLIGHT;
  voice.onDraw(() => {
    preview.textContent = step.waited === null ? step.reply : voice.say("waited", { span: spanOf(voice, step.waited) });
    gain.textContent = gainWord(voice, step.gain);
    body.replaceChildren(...bodyOf(voice, debrief, step));
  });
  return make("li", "", {}, node);
}

function gainWord(voice, gain) {
  const key = gain >= 40 ? "gain_much" : gain >= SLIGHT ? "gain_some" : gain > -SLIGHT ? "gain_none" : gain > -40 ? "gain_worse" : "gain_bad";
  return `${gain >= SLIGHT ? "▲" : gain > -SLIGHT ? "◆" : "▼"} ${voice.say(key)}`;
}

function bodyOf(voice, debrief, step) {
  const name = (item) => voice.pick(debrief.names[item]);
  const parts = [];
  if (step.waited === null) parts.push(make("p", "cs-rp-own", { lang: "zh-CN" }, ...step.pieces.map((piece) => painted(voice, debrief, piece))));
  const shown = [...step.used, ...step.faults];
  if (shown.length) {
    const tags = shown.map((item) => make("span", `cs-rp-tag cs-${debrief.names[item].type === "fault" ? "fault" : "earned"}`, {}, name(item)));
    parts.push(make("p", "cs-rp-tags", {}, ...tags));
  }
  if (step.moved.length) parts.push(make("ul", "cs-rp-moved", {}, ...step.moved.map((moved) => movedNode(voice, moved))));
  const notes = step.notes.map((note) => noteNode(voice, note)).filter(Boolean);
  if (notes.length) parts.push(make("ul", "cs-rp-notes", {}, ...notes));
  if (step.missed.length) parts.push(make("p", "cs-quiet", {}, voice.say("missed", { names: step.missed.map(name).join(voice.say("comma")) })));
  parts.push(make("p", "cs-rp-answer", { lang: "zh-CN" }, make("span", "cs-quiet", {}, `${step.clock} ${debrief.name}`), ` ${step.customer}`));
  return parts;
}

function painted(voice, debrief, [text, item]) {
  if (!item) return text;
  const about = debrief.names[item];
  if (!about) return text;
  return make("span", `cs-words cs-${about.type === "fault" ? "fault" : "earned"}`, { title: voice.pick(about) }, text);
}

function movedNode(voice, moved) {
  const deltas = Object.entries(moved.deltas).filter(([, by]) => Math.abs(by) >= 0.5);
  const told = deltas.map(([feeling, by]) => `${voice.say(`feeling_${feeling}`)} ${by > 0 ? "+" : "−"}${Math.abs(Math.round(by))}`);
  const words = moved.words.find((one) => one);
  const sign = make("span", `cs-rp-sign cs-${moved.good ? "earned" : "fault"}`, { "aria-hidden": "true" }, moved.good ? "▲" : "▼");
  const node = make("li", "", {}, sign, make("strong", "", {}, voice.pick(moved.reason)));
  if (words) node.append(" ", make("q", "cs-rp-words", { lang: "zh-CN" }, words));
  node.append(" ", make("span", "cs-quiet", {}, told.join(voice.say("comma"))));
  return node;
}

// Something that a turn brought about; what the list of moves says already is left out.
function noteNode(voice, { what, words, truth }) {
  const bad = ["false", "caught", "broken", "ignored", "patience"].includes(what);
  const text = voice.say(`note_${what}`, { words, truth });
  if (!words && !QUIET_NOTES.includes(what)) return null;
  const sign = make("span", `cs-rp-sign cs-${bad ? "fault" : "earned"}`, { "aria-hidden": "true" }, bad ? "✗" : "·");
  const node = make("li", "", {}, sign, make("span", "", {}, text));
  if (what === "false" && truth) node.append(" ", make("span", "cs-quiet", { lang: "zh-CN" }, voice.say("note_truth", { truth })));
  return node;
}
