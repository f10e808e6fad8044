// What an activity's answer is worth: the dial, and one line for each thing that was judged.
import { dial } from "./dial.js";
import { icon, make } from "./page.js";

// `graded`: results come after grading, so only that is said.
export function results(voice, content, graded) {
  const top = dial(voice, content);
  top.ring.hidden = graded;
  const rows = make("div", "cs-group", { role: "list" });
  const node = make("aside", "cs-side", {}, make("div", "cs-sum", {}, top.node), make("div", "cs-card", {}, rows));
  let marks = null;
  let old = false;

  function draw() {
    node.setAttribute("aria-label", voice.say("results"));
    const fresh = marks && !old;
    const said = graded ? "check_withheld" : old ? "check_stale" : content.live ? "start" : "check_first";
    const verdict = fresh && marks.refusal !== "empty" ? voice.pick(marks.verdict) : voice.say(said);
    top.set(fresh ? marks.points : 0, verdict, fresh ? marks.points : "–");
    node.dataset.tone = !fresh || marks.refusal === "empty" ? "empty" : marks.refusal ? "refused" : marks.passed ? "passed" : "open";
    const told = fresh ? marks.lines.filter((line) => line.state !== "clean") : [];
    rows.replaceChildren(...told.map((line) => row(voice, line)));
  }
  voice.onDraw(draw);
  return {
    node,
    set(next) {
      marks = next;
      old = false;
      draw();
    },
    // The answer has changed since it was checked.
    stale() {
      if (!marks || old) return;
      old = true;
      draw();
    },
    checked: () => draw(),
    spoken: () => (marks ? top.spoken(marks) : ""),
  };
}

function row(voice, line) {
  const sign = make("span", "cs-sign", {}, icon(line.state));
  const name = make("span", "cs-name", {}, voice.pick(line.name));
  const state = make("span", "cs-hidden", {}, voice.say(`state_${line.state}`));
  const worth = line.type === "fault" ? `${line.points}`.replace("-", "−") : `${line.points} / ${line.possible}`;
  const points = make("span", "cs-points", {}, line.possible ? worth : "");
  const quotes = line.quotes.map((quote) => make("q", "cs-quote", { lang: "zh-CN" }, quote));
  const text = make("p", "", {}, ...quotes, voice.pick(line.text));
  const node = make("details", `cs-row cs-${line.state}`, { role: "listitem" });
  node.append(make("summary", "", {}, sign, name, state, points), text);
  node.open = line.state !== "earned"; // what went right needs no explaining unless asked for
  return node;
}
