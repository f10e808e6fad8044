// The trainee's home page: today's session, where to go on, lessons, techniques, feedback.
import { button, make } from "./page.js";

export function screen(voice, act) {
  const node = make("div", "cs-grid cs-home");
  let page = null;
  let made = "";

  // In JupyterLab a notebook is opened beside this one; elsewhere the link does it.
  function link(file, words, cls = "cs-link") {
    const folder = decodeURIComponent(location.pathname).replace(/^.*\/(?:tree|notebooks)\//, "").replace(/[^/]*$/, "");
    const path = /\/(?:tree|notebooks)\//.test(location.pathname) ? folder + file : file;
    const base = location.pathname.replace(/\/(lab|notebooks|tree)(\/.*)?$/, "");
    const html = file.endsWith(".html");
    const target = `${base}/${html ? "files" : "lab/tree"}/${path.split("/").map(encodeURIComponent).join("/")}`;
    const anchor = make("a", cls, { href: target, target: "_blank", rel: "noopener" }, words);
    anchor.addEventListener("click", (event) => {
      if (!window.jupyterapp || html) return;
      event.preventDefault();
      window.jupyterapp.commands.execute("docmanager:open", { path });
    });
    return anchor;
  }
  function card(words, ...children) {
    return make("section", "cs-box", {}, make("p", "cs-label", {}, words), ...children);
  }
  function first() {
    const open = link(page.first.file, voice.say("first_go", { title: voice.pick(page.first.title) }), "cs-button cs-primary cs-go");
    return card(voice.say("first"), make("p", "", {}, voice.say("first_why")), make("p", "", {}, open), make("p", "cs-quiet", {}, voice.say("first_else")));
  }
  function session() {
    const go = button(page.first ? "cs-button" : "cs-button cs-primary", {}, voice.say("session_go"));
    go.addEventListener("click", async () => {
      go.disabled = true;
      const done = await act("session");
      go.disabled = false;
      if (!done.ok) return;
      made = done.file;
      draw();
      if (window.jupyterapp) node.querySelector(".cs-made a")?.click();
    });
    const steps = page.plan.steps.map((step) => {
      const head = make("p", "", {}, make("strong", "", {}, voice.pick(step.title)), make("span", "cs-pill", {}, voice.pick(step.why)));
      return make("li", "", {}, head, make("p", "cs-quiet cs-small", {}, voice.pick(step.about)), make("p", "", {}, voice.pick(step.reason)));
    });
    const ready = made ? [make("p", "cs-made", {}, voice.say("session_made", { file: made }), " ", link(made, voice.say("open")))] : [];
    return card(voice.pick(page.plan.title), ...(steps.length ? [make("ol", "cs-session", {}, ...steps), go] : []), ...ready);
  }
  function advice(which, more) {
    if (!page.plan[which].length) return [];
    const rows = page.plan[which].map((one) => make("li", "", {}, voice.pick(one)));
    const notes = more.map((one) => make("p", "cs-quiet cs-small", {}, voice.pick(one)));
    return [card(voice.pick(page.plan[`${which}_title`]), make("ul", "cs-advice", {}, ...rows), ...notes)];
  }
  function lessonRows() {
    return page.modules.map((m) => {
      const bar = make("span", "cs-heat-bar cs-plain-bar", {}, make("span", "cs-heat-good"));
      bar.firstChild.style.width = `${m.of ? (100 * m.passed) / m.of : 0}%`;
      const words = `${m.module} ${voice.pick(m.title)}`;
      const name = m.file ? link(m.file, words) : make("span", "", {}, words);
      return make("div", "cs-heat-row cs-lesson-row", {}, name, bar, make("span", "cs-heat-count", {}, voice.say("module_of", { passed: m.passed, of: m.of })));
    });
  }
  function topicRow(t) {
    const percent = (x) => `${Math.round(100 * x)}%`;
    const bar = make("span", "cs-topic-bar", { role: "img" });
    const fill = make("span", `cs-topic-fill${t.closed ? " cs-closed" : ""}`);
    const range = make("span", "cs-topic-range");
    fill.style.width = percent(t.estimate);
    range.style.left = percent(t.low);
    range.style.width = percent(t.high - t.low);
    bar.append(fill, range);
    const words = voice.say("topic_text", { name: voice.pick(t.name), estimate: percent(t.estimate), low: percent(t.low), high: percent(t.high) });
    bar.setAttribute("aria-label", words);
    bar.title = words;
    const state = t.closed ? voice.say("mastered") : t.due ? voice.say("review") : percent(t.estimate);
    return make("div", "cs-heat-row", {}, make("span", "", {}, voice.pick(t.name)), bar, make("span", "cs-heat-count", {}, state));
  }
  function draw() {
    if (!page) return;
    const { plan } = page;
    const sums = [plan.so_far, plan.score, ...(plan.due ? [plan.due] : [])].map((one) => voice.pick(one).replace(/[。.]$/, ""));
    const facts = page.attempts ? sums : [voice.say("welcome")];
    const head = make("header", "", {}, make("h3", "cs-title", {}, voice.say("title")), make("p", "cs-facts", {}, ...facts.map((one) => make("span", "", {}, one))));
    const left = [...(page.first ? [first()] : []), session(), ...advice("focus", plan.gaps), ...advice("strengths", [])];
    if (page.last) {
      const at = voice.say("go_on_at", { title: voice.pick(page.last.title), score: page.last.score });
      left.splice(1, 0, card(voice.say("go_on"), make("p", "", {}, at, " ", ...(page.last.file ? [link(page.last.file, voice.say("open"))] : []))));
    }
    const files = page.feedback.map(({ name, file }) => make("li", "", {}, link(file, name)));
    if (files.length) left.push(card(voice.say("feedback"), make("ul", "cs-advice", {}, ...files)));
    const right = [card(voice.say("modules"), ...lessonRows())];
    const rest = page.more_topics ? (voice.lang === "en" ? " " : "") + voice.say("topics_rest", { n: page.more_topics }) : "";
    if (page.topics.length) right.push(card(voice.say("topics"), ...page.topics.map(topicRow), make("p", "cs-quiet cs-small cs-foot", {}, voice.say("topics_more") + rest)));
    const told = page.told ? [make("p", "cs-notice cs-notice-info", {}, voice.pick(page.told))] : [];
    node.replaceChildren(head, ...told, make("div", "cs-two", {}, make("div", "cs-column", {}, ...left), make("div", "cs-column", {}, ...right)), make("p", "cs-quiet", {}, voice.say("private")));
  }
  voice.onDraw(draw);
  return {
    node,
    draw(fresh) {
      page = fresh;
      draw();
    },
  };
}
