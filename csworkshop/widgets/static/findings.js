// What was found in the words: one chip each, the gravest first, and the reason of the one that is looked at.
import { button, icon, make } from "./page.js";
import { unitsOf } from "./spans.js";

const GRAVE_FIRST = ["critical", "fault", "unsure", "earned"];

export function findings(voice, ids, exercise, on) {
  const list = make("div", "cs-chips", { role: "group" });
  const reason = make("p", "cs-reason", { id: ids.reason });
  const beyond = make("p", "cs-beyond");
  const node = make("section", "cs-findings", {}, list, reason, beyond);
  const name = (item) => voice.pick(exercise.items[item]).name;
  let text = "";
  let marks = null;
  let active = -1;
  let turn = -1; // which of a finding's places the next jump leaves behind
  let drawn = "";
  let typed = false;

  function wordsOf(spans) {
    const unit = unitsOf(text);
    return spans.map(([start, end]) => text.slice(unit(start), unit(end)));
  }
  function shown() {
    const lines = marks ? marks.lines.map((line, number) => ({ ...line, number })) : [];
    const found = lines.filter((line) => GRAVE_FIRST.includes(line.state));
    return found.sort((a, b) => GRAVE_FIRST.indexOf(a.state) - GRAVE_FIRST.indexOf(b.state));
  }
  function chip(line) {
    const words = wordsOf(line.spans);
    const quoted = make("span", `cs-words cs-${line.state}`, {}, words[0] || voice.say("whole"));
    const count = words.length > 1 ? [make("span", "cs-count", {}, `×${words.length}`)] : [];
    const chip = button(`cs-chip cs-${line.state}`, {
      "data-line": line.number,
      "aria-label": voice.say("jump", {
        name: name(line.item),
        state: voice.say(`state_${line.state}`),
        words: words.join(" / ") || voice.say("whole"),
        why: voice.pick(line.text),
      }),
    });
    chip.append(icon(line.state), make("span", "cs-name", {}, name(line.item)), quoted, ...count);
    chip.addEventListener("click", () => jump(line.number));
    for (const kind of ["focus", "mouseenter"]) chip.addEventListener(kind, () => look(line.number));
    return chip;
  }
  // Again on the same chip: the next place with the same finding.
  function jump(number) {
    look(number);
    const { spans } = marks.lines[number];
    if (!spans.length) return;
    turn += 1;
    const unit = unitsOf(text);
    const [start, end] = spans[turn % spans.length];
    on.jump(unit(start), unit(end));
  }
  function look(number) {
    if (number !== active) turn = -1;
    active = number;
    const line = marks && marks.lines[number];
    for (const node of list.children) node.classList.toggle("cs-active", Number(node.dataset.line) === number);
    reason.className = `cs-reason${line ? ` cs-${line.state}` : ""}`;
    reason.replaceChildren(
      ...(line ? [make("strong", "", {}, voice.say("named", { name: name(line.item) })), voice.pick(line.text)] : [note()]),
    );
    on.look(number);
  }
  function note() {
    if (!text.trim()) return voice.say("findings_empty");
    return marks && shown().length ? "" : voice.say("findings_none");
  }
  function draw() {
    const lines = shown();
    list.setAttribute("aria-label", voice.say("findings"));
    // Chips are made anew only if they say something new: a chip under the mouse or in focus stays.
    const fresh = JSON.stringify([voice.lang, ...lines.map((line) => [line.number, line.state, wordsOf(line.spans)])]);
    if (fresh !== drawn) {
      const held = list.contains(document.activeElement) ? document.activeElement.dataset.line : null;
      list.replaceChildren(...lines.map(chip));
      if (held !== null) list.querySelector(`[data-line="${held}"]`)?.focus();
      drawn = fresh;
    }
    // The gravest finding explains itself, unless another one is being looked at.
    const looking = list.matches(":hover, :focus-within") || !typed;
    const stays = looking && lines.some((line) => line.number === active);
    look(stays ? active : lines.length ? lines[0].number : -1);
    typed = false;
    const more = marks ? marks.beyond : [];
    beyond.hidden = !more.length;
    beyond.textContent = more.length ? voice.say("beyond") + more.map((one) => name(one.item)).join(voice.say("comma")) : "";
  }
  voice.onDraw(draw);
  return {
    node,
    set(newText, newMarks) {
      typed = newText !== text;
      text = newText;
      marks = newMarks;
      draw();
    },
    look: (number) => marks && look(number),
    first: () => list.firstElementChild,
  };
}
