// What an answer is worth at a glance: a ring with the pass mark on it, the number inside, the verdict beside it.
import { make } from "./page.js";

const AROUND = 2 * Math.PI * 44;

export function dial(voice, { maximum, pass_mark: pass }) {
  const ring = make("div", "cs-ring", { role: "meter", "aria-valuemin": 0, "aria-valuemax": maximum });
  const circle = drawRing(pass / maximum);
  const number = make("span", "cs-number");
  const outOf = make("span", "cs-of");
  ring.append(circle.node, make("div", "cs-centre", { "aria-hidden": "true" }, number, outOf));
  const verdict = make("p", "cs-verdict");
  const need = make("p", "cs-need");
  return {
    node: make("div", "cs-top", {}, ring, make("div", "", {}, verdict, need)),
    ring,
    // `figure` stands in the ring: the points, or a dash for those that aren't known yet.
    set(points, said, figure = points) {
      number.textContent = figure;
      outOf.textContent = `/ ${maximum}`;
      circle.set(points / maximum);
      verdict.textContent = said;
      need.textContent = voice.say("pass_at", { n: pass });
      ring.setAttribute("aria-valuenow", points);
      ring.setAttribute("aria-label", voice.say("score"));
      ring.setAttribute("aria-valuetext", `${points} / ${maximum}. ${said}`);
    },
    spoken: (marks) => voice.say("announce", { score: marks.points, max: maximum, verdict: voice.pick(marks.verdict) }),
  };
}

function drawRing(passAt) {
  const holder = document.createElement("div");
  const angle = 2 * Math.PI * passAt - Math.PI / 2;
  const at = (radius) => `${50 + radius * Math.cos(angle)} ${50 + radius * Math.sin(angle)}`;
  holder.innerHTML =
    `<svg viewBox="0 0 100 100" aria-hidden="true"><circle class="cs-track" cx="50" cy="50" r="44"/>` +
    `<circle class="cs-value" cx="50" cy="50" r="44" transform="rotate(-90 50 50)"/>` +
    `<path class="cs-tick" d="M${at(38)} L${at(50)}"/></svg>`; // numbers only, no words of anybody's
  const node = holder.firstChild;
  const value = node.querySelector(".cs-value");
  value.style.strokeDasharray = AROUND;
  return { node, set: (share) => (value.style.strokeDashoffset = AROUND * (1 - Math.min(Math.max(share, 0), 1))) };
}
