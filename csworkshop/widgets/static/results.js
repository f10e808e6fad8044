// What an activity's answer is worth: a ring with the pass mark on it, and one line for each thing that was judged.
import { icon, make } from "./page.js";
import { drawRing } from "./score.js";

// `graded`: results come after grading, so only that is said.
export function results(voice, content, graded) {
  const ring = make("div", "cs-ring", { role: "meter", "aria-valuemin": 0, "aria-valuemax": content.maximum });
  const circle = drawRing(content.pass_mark / content.maximum);
  const number = make("span", "cs-number");
  const outOf = make("span", "cs-of");
  ring.append(circle.node, make("div", "cs-centre", { "aria-hidden": "true" }, number, outOf));
  const verdict = make("p", "cs-verdict");
  const need = make("p", "cs-need");
  const top = make("div", "cs-top", {}, ring, make("div", "", {}, verdict, need));
  const rows = make("div", "cs-group", { role: "list" });
  const node = make("aside", "cs-side", {}, make("div", "cs-sum", {}, top), make("div", "cs-card", {}, rows));
  let marks = null;
  let old = false;

  function draw() {
    node.setAttribute("aria-label", voice.say("results"));
    ring.hidden = graded;
    need.textContent = voice.say("pass_at", { n: content.pass_mark });
    const fresh = marks && !old;
    const points = fresh ? marks.points : 0;
    number.textContent = fresh ? points : "–";
    outOf.textContent = `/ ${content.maximum}`;
    circle.set(points / content.maximum);
    const said = graded ? "check_withheld" : old ? "check_stale" : content.live ? "start" : "check_first";
    verdict.textContent = fresh && marks.refusal !== "empty" ? voice.pick(marks.verdict) : voice.say(said);
    ring.setAttribute("aria-valuenow", points);
    ring.setAttribute("aria-label", voice.say("score"));
    ring.setAttribute("aria-valuetext", `${points} / ${content.maximum}. ${verdict.textContent}`);
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
    spoken: () => (marks ? voice.say("announce", { score: marks.points, max: content.maximum, verdict: voice.pick(marks.verdict) }) : ""),
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
