// The tree hole: a place to write, posts with their answers, words for oneself; for the instructor what waits.
import { button, make } from "./page.js";

export function screen(voice, act, content) {
  const title = make("h3", "cs-title");
  const intro = make("p", "cs-task");
  const limits = make("p", "cs-quiet");
  const review = make("p", "cs-notice cs-notice-info");
  const topics = make("select", "cs-select");
  const composer = writer(voice, { label: "write", hint: "placeholder", send: "post" }, (text, despite) =>
    act("post", { text, topic: topics.value, despite }),
  );
  const topicLabel = make("label", "cs-label cs-inline", {}, "");
  const list = make("div", "cs-posts", { role: "list" });
  const talk = make("details", "cs-selftalk");
  const queue = make("section", "cs-queue");
  const examples = make("details", "cs-selftalk cs-examples-fold");
  const node = make("div", "cs-grid cs-hole", {}, make("header", "", {}, title, intro, limits), queue);
  composer.node.prepend(make("div", "cs-hole-topic", {}, topicLabel, topics));
  node.append(composer.node, review, talk, list, examples);
  const cards = new Map();
  let page = null;
  let drawnOnce = false;

  function draw() {
    if (!page) return;
    title.textContent = voice.pick(page.title);
    intro.textContent = voice.pick(page.intro);
    limits.textContent = voice.pick(page.limits);
    topicLabel.textContent = voice.say("topic");
    review.hidden = !page.review_first;
    review.textContent = page.review_first ? voice.pick(page.review_first) : "";
    const chosen = topics.value || page.topics[0].id;
    topics.replaceChildren(...page.topics.map(({ id, name }) => new Option(voice.pick(name), id, false, id === chosen)));
    topics.setAttribute("aria-label", voice.say("topic"));
    for (const [id, card] of cards) {
      if (!page.posts.some((post) => post.id === id)) {
        card.node.remove();
        cards.delete(id);
      }
    }
    page.posts.forEach((post, n) => {
      if (!cards.has(post.id)) cards.set(post.id, postCard(voice, act, post.id, Boolean(page.queue)));
      const card = cards.get(post.id);
      card.draw(post);
      if (list.children[n] !== card.node) list.insertBefore(card.node, list.children[n] || null);
    });
    drawTalk();
    drawExamples();
    drawQueue();
  }
  function drawTalk() {
    const lines = page.self_talk.map(({ title: when, lines }) =>
      make("div", "", {}, make("p", "cs-label", {}, voice.pick(when)), make("ul", "", { lang: "zh-CN" }, ...lines.map((l) => make("li", "", {}, l)))),
    );
    talk.replaceChildren(make("summary", "", {}, voice.say("self_talk")), make("div", "cs-known", {}, ...lines));
  }
  function drawExamples() {
    examples.hidden = !page.examples.length;
    const entries = page.examples.map(({ topic, body, answers }) => {
      const own = answers.map((text) => make("p", "cs-answer cs-senior", { lang: "zh-CN" }, text));
      return make("article", "cs-post cs-example", {}, make("p", "cs-who", {}, voice.pick(topic)), make("p", "cs-said", { lang: "zh-CN" }, body), make("div", "cs-answers", {}, ...own));
    });
    if (!drawnOnce) examples.open = !page.posts.length;
    drawnOnce = true;
    const inside = make("div", "cs-examples", {}, ...entries);
    examples.replaceChildren(make("summary", "", {}, voice.pick(page.examples_title)), inside);
  }
  function drawQueue() {
    queue.hidden = !page.queue;
    if (!page.queue) return;
    const entries = page.queue.entries.map((entry) => {
      const under = entry.under ? [make("p", "cs-quiet", { lang: "zh-CN" }, voice.say("under") + entry.under)] : [];
      const deeds = [
        ["hide", () => act("hide", { id: entry.id })],
        entry.reports ? ["keep", () => act("keep", { id: entry.id, reports: entry.reports })] : ["let_through", () => act("let_through", { id: entry.id })],
      ];
      const actions = make("div", "cs-actions", {}, ...deeds.map(([key, deed]) => press(voice, key, deed)));
      return make("article", "cs-post", {}, make("p", "cs-who", {}, voice.pick(entry.why)), ...under, make("p", "cs-said", { lang: "zh-CN" }, entry.body), actions);
    });
    queue.replaceChildren(make("p", "cs-label", {}, `${voice.say("moderate")} · ${voice.pick(page.queue.title)}`), ...entries);
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

function press(voice, key, deed, cls = "cs-link") {
  const node = button(cls, {}, voice.say(key));
  node.addEventListener("click", () => deed());
  return node;
}

// One post. Its answer field stays as it is while news comes in.
function postCard(voice, act, id, moderates) {
  const who = make("p", "cs-who");
  const body = make("p", "cs-said", { lang: "zh-CN" });
  const marks = make("div", "cs-marks");
  const answers = make("div", "cs-answers");
  const code = make("input", "cs-select", { type: "password", autocomplete: "off" });
  const reply = writer(voice, { label: "answer_write", send: "send_answer", cancel: () => (reply.node.hidden = true) }, (text, despite) =>
    act("answer", { id, text, code: code.value.trim(), despite }).then((done) => {
      if (done.ok) reply.node.hidden = true;
      return done;
    }),
  );
  const codeLabel = make("label", "cs-label cs-inline", {}, "");
  reply.node.append(make("div", "cs-hole-topic", {}, codeLabel, code));
  reply.node.hidden = true;
  const node = make("article", "cs-post", { role: "listitem" }, who, body, marks, answers, reply.node);
  let sure = false;

  function toggleMark(entry, kind, count) {
    const on = entry.marked.includes(kind);
    const mark = button("cs-mark-button", { "aria-pressed": String(on) }, voice.say(kind), ...(count ? [make("span", "", {}, ` ${count}`)] : []));
    mark.addEventListener("click", () => act("mark", { id: entry.id, mark: kind, on: !on }));
    return mark;
  }
  function draw(post) {
    node.classList.toggle("cs-pinned", post.flags.some(({ flag }) => flag === "pinned"));
    const tags = post.flags.map(({ text }) => make("span", "cs-tag", {}, voice.pick(text)));
    const own = post.own ? [make("span", "cs-tag", {}, voice.say("mine"))] : [];
    who.replaceChildren(make("strong", "", {}, voice.pick(post.topic)), make("span", "", {}, voice.pick(post.when)), ...own, ...tags);
    body.textContent = post.body;
    codeLabel.textContent = voice.say("senior");
    code.setAttribute("aria-label", voice.say("senior"));
    const buttons = [toggleMark(post, "same", post.same), toggleMark(post, "helpful", post.helpful)];
    if (post.can_answer) buttons.push(press(voice, "answer", () => ((reply.node.hidden = false), reply.focus())));
    const flags = post.flags.map(({ flag }) => flag);
    buttons.push(...quietDeeds(post, flags));
    marks.replaceChildren(...buttons);
    answers.replaceChildren(...post.answers.map(drawAnswer));
  }
  function quietDeeds(entry, flags) {
    const deeds = [];
    if (entry.own) {
      deeds.push(press(voice, sure ? "take_back_sure" : "take_back", () => (sure ? act("delete", { id: entry.id }) : ((sure = true), draw(entry)))));
    } else {
      const done = entry.marked.includes("report");
      deeds.push(press(voice, done ? "reported" : "report", () => act("mark", { id: entry.id, mark: "report", on: !done })));
    }
    if (moderates && flags) {
      const pinned = flags.includes("pinned");
      const closed = flags.includes("closed");
      deeds.push(press(voice, pinned ? "unpin" : "pin", () => act("pin", { id: entry.id, on: !pinned })));
      deeds.push(press(voice, closed ? "reopen" : "close", () => act("close", { id: entry.id, on: !closed })));
      deeds.push(press(voice, "hide", () => act("hide", { id: entry.id })));
    }
    return deeds.map((one) => (one.classList.add("cs-quiet-deed"), one));
  }
  function drawAnswer(answer) {
    const tags = answer.own ? [make("span", "cs-tag", {}, voice.say("mine"))] : [];
    const head = make("p", "cs-who", {}, make("strong", "", {}, voice.pick(answer.who)), make("span", "", {}, voice.pick(answer.when)), ...tags);
    const deeds = [toggleMark(answer, "helpful", answer.helpful)];
    if (answer.own) deeds.push(press(voice, "take_back", () => act("delete", { id: answer.id })));
    else deeds.push(press(voice, answer.marked.includes("report") ? "reported" : "report", () => act("mark", { id: answer.id, mark: "report", on: true })));
    return make("div", `cs-answer cs-${answer.role}`, {}, head, make("p", "cs-said", { lang: "zh-CN" }, answer.body), make("div", "cs-marks", {}, ...deeds));
  }
  return { node, draw };
}

// A text field with a send button. What was typed stays until Python says that it is stored.
function writer(voice, { label, hint, send, cancel }, submit) {
  const id = `cs-w-${Math.floor(Math.random() * 1e9).toString(36)}`;
  const caption = make("label", "cs-label", { for: id });
  const area = make("textarea", "cs-text", { id, rows: 3, spellcheck: "false" });
  const go = button("cs-button cs-primary", {});
  const back = button("cs-button", {});
  const warnings = make("div", "cs-cautions", { role: "status" });
  const actions = make("div", "cs-actions", {}, go, ...(cancel ? [back] : []));
  const node = make("section", "cs-writer", {}, caption, area, warnings, actions);
  let warned = false;
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  function calm() {
    warned = false;
    warnings.replaceChildren();
    words();
  }
  function words() {
    caption.textContent = voice.say(label);
    area.placeholder = hint ? voice.say(hint) : "";
    go.textContent = voice.say(warned ? "post_anyway" : send);
    go.classList.toggle("cs-primary", !warned);
    back.textContent = voice.say("cancel");
  }
  area.addEventListener("input", () => {
    fit();
    if (warned) calm();
  });
  area.addEventListener("contextmenu", (event) => event.stopPropagation());
  back.addEventListener("click", () => cancel());
  go.addEventListener("click", async () => {
    const text = area.value;
    if (!text.trim()) return;
    go.disabled = true;
    const done = await submit(text, warned);
    go.disabled = false;
    if (done.ok) {
      area.value = "";
      fit();
      calm();
    } else if (done.cautions) {
      warned = true;
      const rows = done.cautions.map((one) => make("li", "", {}, voice.pick(one.text)));
      warnings.replaceChildren(make("p", "", {}, voice.say("careful")), make("ul", "", {}, ...rows));
      words();
    }
  });
  voice.onDraw(words);
  return { node, focus: () => area.focus() };
}
