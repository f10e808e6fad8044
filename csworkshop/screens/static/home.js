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
  function card(key, ...children) {
    return make("section", "cs-box", {}, make("p", "cs-label", {}, voice.say(key)), ...children);
  }
  function session() {
    const go = button("cs-button cs-primary", {}, voice.say("session_go"));
    go.addEventListener("click", async () => {
      go.disabled = true;
      const done = await act("session");
      go.disabled = false;
      if (!done.ok) return;
      made = done.file;
      draw();
      if (window.jupyterapp) node.querySelector(".cs-made a")?.click();
    });
    const steps = page.session.map((step) =>
      make("li", "", {}, make("strong", "", {}, voice.pick(step.title)), make("span", "cs-quiet", {}, ` ${voice.say("minutes", { n: step.minutes })}`), make("p", "cs-quiet", {}, voice.pick(step.reason))),
    );
    const ready = made ? [make("p", "cs-made", {}, voice.say("session_made", { file: made }), " ", link(made, voice.say("open")))] : [];
    return card("session", make("ol", "cs-session", {}, ...steps), go, ...ready);
  }
  function lessonRows() {
    return page.modules.map((m) => {
      const bar = make("span", "cs-heat-bar cs-plain-bar", {}, make("span", "cs-heat-good"));
      bar.firstChild.style.width = `${m.of ? (100 * m.passed) / m.of : 0}%`;
      const name = m.file ? link(m.file, `${m.module} ${m.title}`) : make("span", "", {}, `${m.module} ${m.title}`);
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
    const facts = page.attempts ? [voice.say("attempts", { n: page.attempts }), ...(page.due ? [voice.say("due", { n: page.due })] : [])] : [voice.say("welcome")];
    const head = make("header", "", {}, make("h3", "cs-title", {}, voice.say("title")), make("p", "cs-facts", {}, ...facts.map((one) => make("span", "", {}, one))));
    const left = [session()];
    if (page.last) {
      const at = voice.say("go_on_at", { title: voice.pick(page.last.title), score: page.last.score });
      left.push(card("go_on", make("p", "", {}, at, " ", ...(page.last.file ? [link(page.last.file, voice.say("open"))] : []))));
    }
    for (const which of ["focus", "strengths"]) {
      if (page[which].length) left.push(card(which, make("ul", "cs-advice", {}, ...page[which].map((one) => make("li", "", {}, voice.pick(one))))));
    }
    if (page.feedback.length) left.push(card("feedback", make("ul", "cs-advice", {}, ...page.feedback.map(({ name, file }) => make("li", "", {}, link(file, name))))));
    const right = [card("modules", ...lessonRows())];
    if (page.topics.length) right.push(card("topics", ...page.topics.map(topicRow), make("p", "cs-quiet", {}, voice.say("topics_more"))));
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
