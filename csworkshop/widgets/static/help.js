// What helps: hints one by one, the model answer after an honest try, earlier versions.
// `on.solution(found)` and `on.preview(text)`: how an answer that isn't plain words is shown.
import { button, make } from "./page.js";
import { paintedText, piecesOf } from "./spans.js";

const PANELS = ["hint", "solution", "versions"];

export function help(voice, ids, exercise, on) {
  const panel = make("div", "cs-panel", { id: ids.panel, role: "region" });
  const buttons = Object.fromEntries(
    PANELS.map((kind) => {
      const node = button("cs-button", { "aria-controls": ids.panel, "data-panel": kind });
      node.addEventListener("click", () => (open === kind ? close() : show(kind)));
      return [kind, node];
    }),
  );
  const node = make("section", "cs-help", {}, make("div", "cs-actions", {}, ...Object.values(buttons)), panel);
  const contents = { hint: drawHints, solution: drawSolution, versions: drawVersions };
  const readable = on.preview || ((text) => text);
  let open = "";
  let hints = [];
  let solution = null;
  let versions = null;

  function show(kind) {
    open = kind;
    if (kind === "hint" && !hints.length) on.ask("hint");
    if (kind !== "hint") on.ask(kind);
    draw();
  }
  function close() {
    const last = open;
    open = "";
    draw();
    if (last) buttons[last].focus();
  }
  function draw() {
    for (const kind of PANELS) {
      buttons[kind].textContent = voice.say(kind);
      buttons[kind].setAttribute("aria-expanded", String(open === kind));
    }
    if (hints.length) buttons.hint.textContent = voice.say("hint_n", { n: hints.length, of: exercise.hints });
    panel.hidden = !open;
    panel.classList.toggle("cs-wide", open === "solution"); // one's own words and the model side by side
    panel.replaceChildren(...(open ? contents[open]() : []));
    if (open) panel.setAttribute("aria-label", voice.say(open));
  }
  function drawHints() {
    const list = make("ol", "cs-hints", { lang: "zh-CN" }, ...hints.map((hint) => make("li", "", {}, hint)));
    if (hints.length >= exercise.hints) return [list, make("p", "cs-quiet", {}, voice.say("hint_last"))];
    const more = button("cs-button", {}, voice.say("hint_more"));
    more.addEventListener("click", () => on.ask("hint"));
    return hints.length ? [list, more] : [];
  }
  function drawSolution() {
    if (!solution) return [];
    if (!solution.allowed) return [make("p", "", {}, voice.pick(solution.why))];
    if (on.solution) return on.solution(solution);
    const own = on.own();
    const columns = [
      ["solution_yours", own.text, own.pieces],
      ["solution_model", solution.text, piecesOf(solution.text, solution.marks)],
    ].map(([title, text, pieces]) => {
      const body = make("p", "cs-copy", { lang: "zh-CN" }, ...paintedText(text, pieces));
      return make("div", "", {}, make("p", "cs-label", {}, voice.say(title)), body);
    });
    return [make("div", "cs-columns", {}, ...columns)];
  }
  function drawVersions() {
    if (!versions) return [];
    if (!versions.length) return [make("p", "cs-quiet", {}, voice.say("versions_none"))];
    const rows = versions.map(({ text, saved_at: at, conflict }) => {
      const restore = button("cs-button", {}, voice.say("restore"));
      restore.addEventListener("click", () => on.restore(text));
      restore.setAttribute("aria-label", `${voice.say("restore")} ${when(at)}`);
      const tags = conflict ? [make("span", "cs-tag", {}, voice.say("version_conflict"))] : [];
      const head = make("summary", "", {}, make("span", "cs-when", {}, when(at)), ...tags);
      head.append(make("span", "cs-preview", { lang: "zh-CN" }, readable(text).slice(0, 80)));
      const full = make("p", "cs-copy", { lang: "zh-CN" }, readable(text));
      return make("li", "", {}, make("details", "", {}, head, full), restore);
    });
    return [make("ul", "cs-versions", {}, ...rows)];
  }
  function when(at) {
    const then = new Date(at);
    if (Number.isNaN(then.getTime())) return "—";
    const locale = voice.lang === "en" ? "en-GB" : "zh-CN";
    const clock = then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    if (then.toDateString() === new Date().toDateString()) return `${voice.say("today")} ${clock}`;
    return `${then.toLocaleDateString(locale, { month: "short", day: "numeric" })} ${clock}`;
  }
  voice.onDraw(draw);
  return {
    node,
    close,
    get open() {
      return open;
    },
    setHints(fresh) {
      hints = fresh;
      draw();
    },
    setSolution(fresh) {
      solution = fresh;
      draw();
    },
    setVersions(fresh) {
      versions = fresh;
      draw();
    },
  };
}
