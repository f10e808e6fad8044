// Multiple choice: one question after the other.
import { choices, heading, lineOf, several, ticked } from "./boards.js";
import { make } from "./page.js";

export function board(voice, ids, content, on) {
  let chosen = {};
  const parts = content.board.questions.map((question, n) => {
    const id = `${ids.board}-${question.id}`;
    const more = () => (question.several ? voice.say("choose_several") : "");
    const title = heading(id, () => `${n + 1}. ${question.text}${more()}`, voice);
    title.lang = "zh-CN";
    const pick = (now) => {
      chosen = { ...chosen, [question.id]: Array.isArray(now) ? now : [now] };
      on.change({ chosen });
    };
    const options = question.several
      ? several(voice, id, question.options, pick)
      : choices(voice, id, id, question.options, pick);
    return { question, options, node: make("section", "", {}, title, options.node) };
  });

  return {
    node: make("div", "", {}, ...parts.map((part) => part.node)),
    load(value) {
      chosen = value.chosen || {};
      for (const { question, options } of parts) {
        const ids = chosen[question.id] || [];
        options.set(question.several ? ids : ids[0]);
      }
    },
    // What was chosen, right or wrong; which other option would have been right stays a task.
    setMarks(marks) {
      for (const { question, options } of parts) options.setMarks(ticked(lineOf(marks, question.id)));
    },
    enable: (yes) => parts.forEach(({ options }) => options.enable(yes)),
    summary(value) {
      const words = content.board.questions.map((question, n) => {
        const ids = (value.chosen || {})[question.id] || [];
        const texts = question.options.filter(({ id }) => ids.includes(id)).map(({ text }) => text);
        return `${n + 1}. ${texts.join(" / ") || "—"}`;
      });
      return words.join("\n");
    },
  };
}
