// The mood over the turns as a drawing: four lines, told apart by marker and dash as well as by colour, named at their ends.
import { make } from "./page.js";
import { FEELINGS } from "./roleplay_mood.js";

const WIDE = 680;
const HIGH = 250;
const EDGE = { left: 34, right: 96, top: 34, bottom: 30 };
const TOLD_REASONS = 3;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// `debrief` as Python makes it: curve (turn 0 first), steps.
export function moodCurve(voice, debrief) {
  const holder = make("div", "cs-rp-curve");
  const { curve, steps } = debrief;
  const last = Math.max(curve.length - 1, 1);
  const x = (n) => EDGE.left + (n / last) * (WIDE - EDGE.left - EDGE.right);
  const y = (level) => EDGE.top + (1 - level / 100) * (HIGH - EDGE.top - EDGE.bottom);

  function frame() {
    const lines = [0, 25, 50, 75, 100].flatMap((level) => [
      svg("line", { x1: EDGE.left, x2: x(last), y1: y(level), y2: y(level), class: "cs-rp-level" }),
      svg("text", { x: EDGE.left - 8, y: y(level) + 4, class: "cs-rp-tick", "text-anchor": "end" }, String(level)),
    ]);
    const every = Math.ceil(curve.length / 14);
    const turns = curve.map((_, n) =>
      n % every ? "" : svg("text", { x: x(n), y: HIGH - 8, class: "cs-rp-tick", "text-anchor": "middle" }, n ? String(n) : voice.say("at_start")),
    );
    return [...lines, ...turns.filter(Boolean)];
  }
  // The strongest moves say why, above their turn; a move whose neighbour says it already stays silent.
  function reasons() {
    const strongest = steps.filter((step) => step.moved.length).sort((a, b) => Math.abs(b.gain) - Math.abs(a.gain));
    const chosen = strongest.slice(0, TOLD_REASONS).sort((a, b) => a.number - b.number);
    return chosen.flatMap((step, n) => {
      const at = x(step.number);
      const anchor = step.number === last ? "end" : at < EDGE.left + 60 ? "start" : "middle";
      const level = chosen.length > 1 && n % 2 ? 12 : 26;
      return [
        svg("line", { x1: at, x2: at, y1: 31, y2: y(0), class: "cs-rp-cause" }),
        svg("text", { x: at, y: level, class: "cs-rp-why", "text-anchor": anchor }, voice.pick(step.moved[0].reason)),
      ];
    });
  }
  function marker(feeling, cx, cy) {
    if (feeling === "trust") return svg("circle", { cx, cy, r: 3.6 });
    if (feeling === "anger") return svg("rect", { x: cx - 3.2, y: cy - 3.2, width: 6.4, height: 6.4 });
    const d = feeling === "anxiety" ? `M${cx} ${cy - 4.2}l4 7h-8z` : `M${cx} ${cy - 4.4}l4.2 4.4-4.2 4.4-4.2-4.4z`;
    return svg("path", { d });
  }
  function line(feeling) {
    const points = curve.map((mood, n) => [x(n), y(mood[feeling])]);
    const path = svg("polyline", { points: points.map((p) => p.join()).join(" "), class: "cs-rp-line" });
    return svg("g", { class: `cs-rp-${feeling}` }, path, ...points.map(([cx, cy]) => marker(feeling, cx, cy)));
  }
  // Names at the right ends, moved apart so that none covers another.
  function names() {
    const rows = FEELINGS.map((feeling) => ({ feeling, level: curve[curve.length - 1][feeling], at: 0 }));
    rows.sort((a, b) => b.level - a.level);
    rows.forEach((row, n) => (row.at = Math.max(y(row.level) + 4, n ? rows[n - 1].at + 16 : 0)));
    const over = rows[rows.length - 1].at - (HIGH - EDGE.bottom + 6);
    if (over > 0) for (let n = rows.length - 1, most = HIGH - EDGE.bottom + 6; n >= 0; n--, most -= 16) rows[n].at = Math.min(rows[n].at, most);
    return rows.map(({ feeling, level, at }) =>
      svg("text", { x: x(last) + 12, y: at, class: `cs-rp-name cs-rp-${feeling}` }, `${voice.say(`feeling_${feeling}`)} ${Math.round(level)}`),
    );
  }
  voice.onDraw(() => {
    const ends = FEELINGS.map((f) => `${voice.say(`feeling_${f}`)} ${Math.round(curve[0][f])} → ${Math.round(curve[curve.length - 1][f])}`);
    const about = { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": `${voice.say("curve")}. ${ends.join(voice.say("comma"))}` };
    holder.replaceChildren(svg("svg", about, ...frame(), ...reasons(), ...FEELINGS.map(line), ...names()));
  });
  return holder;
}
