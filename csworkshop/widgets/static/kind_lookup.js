// Knowledge-base search: the customer's questions, a search, an article to read, sources and one answer.
import { heading, pressable, writing } from "./boards.js";
import { button, make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const scene = content.board.scene;
  const titles = new Map(); // id -> title, of what was seen
  let value = { log: [], cited: [], text: "" };
  let begun = Date.now();
  let enabled = false;
  let reading = null;

  const today = make("p", "cs-quiet cs-lookup-today");
  voice.onDraw(() => (today.textContent = voice.say("today", { date: content.board.today })));
  const input = make("input", "cs-query", { type: "search", autocomplete: "off", maxlength: content.board.longest_query, id: `${ids.board}-q` });
  const form = make("form", "cs-search", { role: "search" }, input, pressable(voice, "search_go", search));
  form.addEventListener("submit", (event) => (event.preventDefault(), search()));
  const state = make("p", "cs-quiet", { role: "status" });
  const hits = make("ol", "cs-hits");
  const more = make("p", "cs-more");
  const article = make("article", "cs-article", { "aria-live": "polite" });
  const sources = make("div", "cs-sources");
  const reply = writing(voice, { id: `${ids.board}-text`, label: () => voice.say("reply"), placeholder: () => voice.say("reply_hint"), rows: 6 }, (text) => change({ text }));
  const title = heading(`${ids.board}-h`, () => voice.say("search"), voice);
  const desk = make("div", "cs-desk", {}, make("div", "cs-lookup-side", {}, form, state, hits, more), article);
  const node = make("div", "", {}, ...customerTurn(voice, scene), today, title, desk, sources, reply.node);
  voice.onDraw(() => {
    input.placeholder = voice.say("search_hint");
    input.setAttribute("aria-label", voice.say("search"));
    drawArticle();
    drawSources();
  });

  function change(part) {
    value = { ...value, ...part };
    on.change(value);
  }
  function noted(event) {
    const at = Math.round((Date.now() - begun) / 100) / 10;
    return { log: [...value.log, { at, ...event }].slice(-150) };
  }
  function search() {
    const query = input.value.trim();
    if (!query || !enabled) return;
    change(noted({ query }));
    on.ask("search", { query });
  }
  function open(id) {
    if (enabled) change(noted({ article: id }));
    on.ask("open", { article: id });
  }
  function cite(id) {
    const cited = value.cited.includes(id) ? value.cited.filter((one) => one !== id) : [...value.cited, id];
    change({ cited });
    drawArticle();
    drawSources();
  }
  function inForce([from, until]) {
    return until ? voice.say("dates", { from, until }) : voice.say("dates_open", { from });
  }
  function painted(pieces) {
    return pieces.map(([words, marked]) => (marked ? make("mark", "cs-hit-mark", {}, words) : words));
  }
  function drawHits({ query, hits: found, associated }) {
    state.textContent = found.length ? voice.say("found_some", { n: found.length }) : voice.say("found_none");
    hits.replaceChildren(
      ...found.map((hit) => {
        titles.set(hit.id, hit.title.map(([words]) => words).join(""));
        const link = button("cs-hit", { lang: "zh-CN" }, make("span", "cs-hit-title", {}, ...painted(hit.title)));
        link.append(make("span", "cs-hit-words", {}, ...painted(hit.snippet)), make("span", "cs-hit-dates", {}, inForce(hit.dates)));
        link.addEventListener("click", () => open(hit.id));
        return make("li", "", {}, link);
      }),
    );
    const words = associated.map((word) => {
      const again = button("cs-link", { lang: "zh-CN" }, word);
      again.addEventListener("click", () => ((input.value = word), search()));
      return again;
    });
    more.replaceChildren(...(words.length ? [voice.say("associated"), ...words] : []));
    if (input.value !== query) input.value = query;
  }
  function drawArticle() {
    if (!reading) {
      article.replaceChildren(make("p", "cs-quiet", {}, voice.say("read_hint")));
      return;
    }
    const tags = [inForce(reading.dates), voice.say("version", { n: reading.version })];
    if (reading.internal) tags.push(voice.say("internal"));
    const about = make("p", "cs-facts", {}, ...tags.map((tag, n) => make("span", n === 2 ? "cs-internal" : "", {}, tag)));
    const steps = make("ol", "cs-steps", {}, ...reading.steps.map((step) => make("li", "", {}, step)));
    const limits = reading.limits.length
      ? [make("p", "cs-label", {}, voice.say("limits")), make("ul", "cs-steps", {}, ...reading.limits.map((one) => make("li", "", {}, one)))]
      : [];
    const related = reading.related.map(({ id, title: name }) => {
      titles.set(id, name);
      const link = button("cs-link", {}, name);
      link.addEventListener("click", () => open(id));
      return link;
    });
    const see = related.length ? [make("p", "cs-more", {}, `${voice.say("related")} `, ...related)] : [];
    const used = value.cited.includes(reading.id);
    const use = button(used ? "cs-button" : "cs-button cs-primary", { "aria-pressed": String(used) }, voice.say(used ? "uncite" : "cite"));
    use.disabled = !enabled;
    use.addEventListener("click", () => cite(reading.id));
    const applies = make("p", "", { lang: "zh-CN" }, voice.say("applies") + reading.applies);
    article.replaceChildren(make("h5", "cs-article-title", { lang: "zh-CN" }, reading.title), about, applies, steps, ...limits, ...see, use);
  }
  function drawSources() {
    const chips = value.cited.map((id) => {
      const drop = button("cs-source", { lang: "zh-CN" }, titles.get(id) || id, make("span", "", { "aria-hidden": "true" }, " ×"));
      drop.setAttribute("aria-label", voice.say("remove", { title: titles.get(id) || id }));
      drop.disabled = !enabled;
      drop.addEventListener("click", () => cite(id));
      return drop;
    });
    sources.replaceChildren(make("span", "cs-label", {}, voice.say("cited")), ...(chips.length ? chips : [make("span", "cs-quiet", {}, voice.say("cited_none"))]));
  }

  return {
    node,
    get busy() {
      return reply.busy || document.activeElement === input;
    },
    load(saved) {
      value = { log: saved.log || [], cited: saved.cited || [], text: saved.text || "" };
      begun = Date.now() - 1000 * (value.log.length ? value.log[value.log.length - 1].at : 0);
      reply.set(value.text);
      for (const id of value.cited) if (!titles.has(id)) on.ask("open", { article: id, quiet: true });
      drawArticle();
      drawSources();
    },
    setMarks() {},
    enable(yes) {
      enabled = yes;
      reply.enable(yes);
      input.disabled = !yes;
      drawArticle();
      drawSources();
    },
    receive(message) {
      if (message.name === "search") drawHits(message);
      else if (message.article) {
        titles.set(message.article.id, message.article.title);
        // An article that was asked for its title only isn't shown: nobody opened it.
        if (value.log.some((event) => event.article === message.article.id) || !enabled) reading = message.article;
        drawArticle();
        drawSources();
      }
    },
    summary: (saved) => [(saved.cited || []).map((id) => `《${titles.get(id) || id}》`).join(" "), saved.text || ""].filter(Boolean).join("\n"),
  };
}
