// The top: title, task, what the customer wrote, what the agent can see, and the reply that isn't good enough.
import { button, icon, make } from "./page.js";

export function talk(voice, ids, exercise, on) {
  const title = make("h3", "cs-title");
  const facts = make("p", "cs-facts");
  const task = make("p", "cs-task", { id: ids.task });
  const toggle = make("div", "cs-toggle", { role: "group" });
  const languages = [
    ["zh", "中文", "zh-CN"],
    ["en", "English", "en"],
  ].map(([lang, label, tag]) => {
    const choice = button("cs-choice", { lang: tag, "data-lang": lang }, label);
    choice.addEventListener("click", () => on.language(lang));
    toggle.append(choice);
    return choice;
  });
  const head = make("header", "cs-head", {}, make("div", "", {}, title, facts), toggle);

  const who = make("p", "cs-who");
  const said = make("div", "cs-bubble cs-theirs", { lang: "zh-CN" }, exercise.customer);
  const customer = make("div", "cs-turn", {}, who, said);
  const seen = context(voice, exercise);
  const label = make("p", "cs-who cs-ours");
  const flawed = make("div", "cs-turn cs-right", {}, label);
  flawed.append(make("div", "cs-bubble cs-flawed", { lang: "zh-CN" }, exercise.flawed));
  const node = make("div", "cs-talk", {}, head, task, customer, seen, flawed);

  voice.onDraw(() => {
    title.textContent = voice.pick(exercise.title);
    task.textContent = voice.pick(exercise.task);
    const tags = [exercise.module, voice.say("level", { n: exercise.level })];
    if (exercise.graded) tags.push(`${voice.say("graded")} · ${voice.say("score_of", { n: exercise.maximum })}`);
    facts.replaceChildren(...tags.map((tag) => make("span", "", {}, tag)));
    const persona = [exercise.domain, voice.say(`persona_${exercise.persona}`), voice.say(`emotion_${exercise.emotion}`)];
    const channel = make("span", "", {}, icon(exercise.channel), voice.say(`channel_${exercise.channel}`));
    const name = make("strong", "", {}, voice.say("customer"));
    who.replaceChildren(name, channel, ...persona.filter(Boolean).map((tag) => make("span", "", {}, tag)));
    label.textContent = voice.say("flawed");
    toggle.setAttribute("aria-label", voice.say("language"));
    for (const choice of languages) choice.setAttribute("aria-pressed", String(choice.dataset.lang === voice.lang));
  });
  return { node };
}

function context(voice, exercise) {
  const summary = make("summary", "");
  const groups = ["facts", "policy"].filter((group) => exercise[group].length);
  const lists = groups.map((group) => {
    const heading = make("p", "cs-label");
    const items = exercise[group].map((fact) => make("li", "", { lang: "zh-CN" }, fact));
    voice.onDraw(() => (heading.textContent = voice.say(group)));
    return make("div", "", {}, heading, make("ul", "", {}, ...items));
  });
  const node = make("details", "cs-context", {}, summary, make("div", "cs-known", {}, ...lists));
  node.hidden = !groups.length;
  voice.onDraw(() => {
    const count = groups.map((group) => `${voice.say(group)} ${exercise[group].length}`).join(" · ");
    summary.replaceChildren(icon("chevron"), voice.say("context"), make("span", "", {}, count));
  });
  return node;
}
