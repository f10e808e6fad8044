// The top: title, task, what the customer wrote, what the agent can see, and the reply that isn't good enough.
import { button, icon, make } from "./page.js";

export function talk(voice, ids, exercise, on) {
  const label = make("p", "cs-who cs-ours");
  const flawed = make("div", "cs-turn cs-right", {}, label);
  flawed.append(make("div", "cs-bubble cs-flawed", { lang: "zh-CN" }, exercise.flawed));
  const node = make("div", "cs-talk", {}, ...header(voice, ids, exercise, on), ...customerTurn(voice, exercise), flawed);
  voice.onDraw(() => (label.textContent = voice.say("flawed")));
  return { node };
}

// Title, tags and task, with the choice of language.
export function header(voice, ids, exercise, on) {
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
  voice.onDraw(() => {
    title.textContent = voice.pick(exercise.title);
    task.textContent = voice.pick(exercise.task);
    const tags = [voice.say("lesson", { n: exercise.module.slice(1) }), voice.say("level", { n: exercise.level })];
    if (exercise.graded) tags.push(`${voice.say("graded")} · ${voice.say("score_of", { n: exercise.maximum })}`);
    facts.replaceChildren(...tags.map((tag) => make("span", "", {}, tag)));
    toggle.setAttribute("aria-label", voice.say("language"));
    for (const choice of languages) choice.setAttribute("aria-pressed", String(choice.dataset.lang === voice.lang));
  });
  return [make("header", "cs-head", {}, make("div", "", {}, title, facts), toggle), task];
}

// What the customer wrote, who that is, and what the agent can see. `scene` has the keys of `exercises/scene.py`.
export function customerTurn(voice, scene) {
  const who = make("p", "cs-who");
  const said = make("div", "cs-bubble cs-theirs", { lang: "zh-CN" }, scene.customer);
  const customer = make("div", "cs-turn", {}, who, said);
  voice.onDraw(() => {
    const persona = [scene.domain, voice.say(`persona_${scene.persona}`)];
    if (scene.emotion) persona.push(voice.say(`emotion_${scene.emotion}`));
    const channel = make("span", "", {}, icon(scene.channel), voice.say(`channel_${scene.channel}`));
    const name = make("strong", "", {}, voice.say("customer"));
    who.replaceChildren(name, channel, ...persona.filter(Boolean).map((tag) => make("span", "", {}, tag)));
  });
  customer.hidden = !scene.customer;
  return [customer, context(voice, scene)];
}

export function context(voice, exercise) {
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
