// A trainee's panel: join, what is shared, what the instructor shows.
import { button, make } from "./page.js";
import { stageParts } from "./stage.js";

export function screen(voice, act) {
  const title = make("h3", "cs-title");
  const join = make("form", "cs-join");
  const name = make("input", "cs-query", { type: "text", maxlength: 24, autocomplete: "off", id: `cs-nick-${Math.random().toString(36).slice(2)}` });
  const label = make("label", "cs-label", { for: name.id });
  const level = make("select", "cs-select");
  const sharing = make("p", "cs-quiet");
  const go = make("button", "cs-button cs-primary", { type: "submit" });
  join.append(label, make("div", "cs-hole-topic", {}, name, level, go), sharing);
  const inside = make("div", "cs-inside");
  const foot = make("p", "cs-quiet cs-shared");
  const node = make("div", "cs-grid cs-class-panel", {}, title, join, inside, foot);
  let page = null;

  function draw() {
    if (!page) return;
    title.textContent = typeof page.title === "string" ? page.title : voice.pick(page.title);
    join.hidden = page.joined || !page.lesson;
    label.textContent = voice.say("nickname");
    go.textContent = voice.say("join");
    if (!page.joined) {
      const chosen = level.value || "progress";
      level.replaceChildren(...["progress", "texts"].map((key) => new Option(voice.say(`share_${key}`), key, false, key === chosen)));
      level.setAttribute("aria-label", voice.say("share"));
      sharing.textContent = page.sharing ? voice.pick(page.sharing[level.value || "progress"]) : "";
      inside.replaceChildren();
      foot.replaceChildren();
      return;
    }
    const on = page.exercise ? [make("p", "cs-now", {}, voice.say("now_on"), make("strong", "", {}, voice.pick(page.exercise.title)))] : [];
    inside.replaceChildren(...on, ...stageParts(voice, page, (ballot, option) => act("vote", { ballot, option })));
    const leave = button("cs-link", {}, voice.say("leave"));
    leave.addEventListener("click", () => act("leave"));
    foot.replaceChildren(page.sharing ? voice.pick(page.sharing) : "", " ", leave);
  }
  join.addEventListener("submit", (event) => {
    event.preventDefault();
    act("join", { nickname: name.value, share: level.value });
  });
  level.addEventListener("change", draw);
  voice.onDraw(draw);
  return {
    node,
    draw(fresh) {
      page = fresh;
      draw();
    },
  };
}
