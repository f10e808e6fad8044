// Progress towards the scorecard: the dial, and one line for each item.
import { dial } from "./dial.js";
import { objection } from "./dispute.js";
import { icon, make } from "./page.js";

export function score(voice, ids, exercise, on) {
  const top = dial(voice, exercise);
  const banner = make("p", "cs-critical-banner", { role: "alert" });
  const rows = exercise.card.map((entry, n) => cardRow(voice, exercise, entry, on));
  const groups = ["techniques", "faults", "critical"].map((group) => {
    const heading = make("p", "cs-label");
    const own = rows.filter((row) => row.group === group);
    const section = make("div", "cs-group", { role: "group" }, heading, ...own.map((row) => row.node));
    section.hidden = !own.length;
    voice.onDraw(() => {
      heading.textContent = voice.say(`card_${group}`);
      section.setAttribute("aria-label", heading.textContent);
    });
    return section;
  });
  const sum = make("div", "cs-sum", {}, top.node, banner);
  const node = make("aside", "cs-side", {}, sum, make("div", "cs-card", {}, ...groups));
  let marks = null;

  function draw() {
    const points = marks ? marks.points : 0;
    const empty = !marks || marks.refusal === "empty";
    const critical = marks && !empty ? marks.lines.filter((line) => line.state === "critical") : [];
    const tone = () => (marks.refusal ? "refused" : critical.length ? "critical" : marks.passed ? "passed" : "open");
    node.dataset.tone = empty ? "empty" : tone();
    const failed = critical.length > 0 && !marks.refusal;
    top.set(points, empty ? voice.say("start") : failed ? voice.say("card_critical") : voice.pick(marks.verdict));
    banner.hidden = !failed;
    const names = critical.map((line) => voice.pick(exercise.items[line.item]).name).join(voice.say("comma"));
    const warning = failed ? voice.say("critical_banner", { names, cap: exercise.critical_cap }) : "";
    if (banner.textContent !== warning) banner.textContent = warning; // read out once, not at every key
    node.setAttribute("aria-label", voice.say("card"));
    rows.forEach((row, n) => row.draw(marks && !empty ? marks.lines[n] : null));
  }
  voice.onDraw(draw);
  return {
    node,
    set(fresh) {
      marks = fresh;
      draw();
    },
    setDisputes: (disputes) => rows.forEach((row) => row.setDispute(disputes)),
    spoken: () => top.spoken(marks),
  };
}

function cardRow(voice, exercise, { item, group, possible }, on) {
  const sign = make("span", "cs-sign");
  const name = make("span", "cs-name");
  const state = make("span", "cs-hidden");
  const points = make("span", "cs-points");
  const text = make("p", "");
  const node = make("details", "cs-row", {}, make("summary", "", {}, sign, name, state, points), text);
  const doubt = exercise.graded ? objection(voice, item, () => name.textContent, on.dispute) : null;
  if (doubt) node.append(doubt.node);
  let shown = "";
  function draw(line) {
    const now = line ? line.state : group === "techniques" ? "missing" : "clean";
    if (shown !== now) sign.replaceChildren(icon(now));
    shown = now;
    node.className = `cs-row cs-${now}`;
    const words = voice.pick(exercise.items[item]);
    name.textContent = words.name;
    state.textContent = voice.say(`state_${now}`);
    points.textContent = figures(now, line);
    if (doubt) doubt.setState(line ? now : "");
    text.textContent = (line && voice.pick(line.text)) || (group === "techniques" ? words.advice : words.why);
  }
  function figures(now, line) {
    if (group === "critical") return "";
    if (group === "faults") return `−${possible}`;
    if (now === "earned") return `+${line.points}`;
    return now === "unsure" ? `${line.points} / ${possible}` : `${possible}`;
  }
  return { node, group, draw, setDispute: (disputes) => doubt && doubt.setReason(disputes[item]) };
}
