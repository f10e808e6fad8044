// A notice before anybody asks: what is known, the draft that would go out, the trainee's own, when, and to whom.
import { choices, foundIn, heading, lengthOf, lineOf, several, ticked, writing } from "./boards.js";
import { make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { scene, medium, limit, signature, draft, title_limit, when, whom, longest } = content.board;
  let value = {};
  const sign = signature ? `${signature} ` : "";

  const known = customerTurn(voice, scene);
  known[1].open = true;
  const draftLabel = make("p", "cs-who cs-ours");
  const drafted = make("div", "cs-turn cs-right", {}, draftLabel, make("div", "cs-bubble cs-flawed", { lang: "zh-CN" }, draft));

  const size = () => Array.from(signature).length + Array.from((value.text || "").trim()).length;
  const length = lengthOf(voice, size, limit);
  const text = writing(
    voice,
    {
      id: `${ids.board}-text`,
      label: () => voice.say("text"),
      placeholder: () => voice.say(`start_${medium}`),
      beside: length.node,
    },
    (words) => changed({ text: words }),
  );
  text.area.maxLength = longest;
  text.area.lang = "zh-CN";
  const head = title_limit ? titleLine() : null;
  const found = foundIn(voice, (item) => /^(must|text|length)/.test(item));
  const sheet = make("div", `cs-notice-sheet cs-notice-${medium}`, {}, make("p", "cs-notice-medium"));
  if (sign) sheet.append(make("p", "cs-notice-sign", { lang: "zh-CN" }, signature));
  if (head) sheet.append(head.node);
  sheet.append(text.node);

  const parts = [when, whom].map(asked);
  const writingTitle = heading(`${ids.board}-write`, () => `1. ${voice.say("write")}`, voice);
  const node = make(
    "div",
    "cs-notice-board",
    {},
    make("div", "", {}, ...known, drafted),
    make("section", "", {}, writingTitle, sheet, found.node),
    ...parts.map((part) => part.node),
  );
  voice.onDraw(() => {
    draftLabel.textContent = voice.say("draft");
    sheet.firstChild.textContent = voice.say(`medium_${medium}`, { n: limit });
  });

  function titleLine() {
    const count = lengthOf(voice, () => Array.from((value.title || "").trim()).length, title_limit);
    const label = make("label", "cs-label", { for: `${ids.board}-title` });
    const field = make("input", "cs-text cs-notice-title", { id: `${ids.board}-title`, type: "text", autocomplete: "off" });
    field.lang = "zh-CN";
    field.maxLength = 200;
    let composing = false;
    const said = () => composing || changed({ title: field.value });
    field.addEventListener("compositionstart", () => (composing = true));
    field.addEventListener("compositionend", () => {
      composing = false;
      said();
    });
    field.addEventListener("input", said);
    field.addEventListener("contextmenu", (event) => event.stopPropagation());
    voice.onDraw(() => label.replaceChildren(voice.say("title"), count.node));
    return { node: make("div", "cs-writing", {}, label, field), field, count, typing: () => composing };
  }
  function asked(question) {
    const id = `${ids.board}-${question.id}`;
    const more = () => (question.several ? voice.say("choose_several") : "");
    const number = question.id === "when" ? 2 : 3;
    const title = heading(id, () => `${number}. ${question.text}${more()}`, voice);
    title.lang = "zh-CN";
    const pick = (now) => changed({ [question.id]: Array.isArray(now) ? now : [now] });
    const options = question.several
      ? several(voice, id, question.options, pick)
      : choices(voice, id, id, question.options, pick);
    return { question, options, node: make("section", "", {}, title, options.node) };
  }
  function changed(part) {
    value = { ...value, ...part };
    for (const key of Object.keys(value)) if (!value[key].length || (value[key].trim && !value[key].trim())) delete value[key];
    length.draw();
    if (head) head.count.draw();
    on.change(value);
  }

  return {
    node,
    load(saved) {
      value = { ...saved };
      text.set(value.text || "");
      length.draw();
      if (head) {
        if (head.field.value !== (value.title || "")) head.field.value = value.title || "";
        head.count.draw();
      }
      for (const { question, options } of parts) {
        const picked = value[question.id] || [];
        options.set(question.several ? picked : picked[0]);
      }
    },
    setMarks(marks) {
      found.set(marks);
      for (const { question, options } of parts) options.setMarks(ticked(lineOf(marks, question.id)));
    },
    enable(yes) {
      text.enable(yes);
      if (head) head.field.readOnly = !yes;
      parts.forEach(({ options }) => options.enable(yes));
    },
    summary(saved) {
      const rows = [saved.title, saved.text && sign + saved.text];
      for (const { question } of parts) {
        const picked = saved[question.id] || [];
        const texts = question.options.filter(({ id }) => picked.includes(id)).map((option) => option.text);
        if (texts.length) rows.push(`${voice.say(question.id)}${texts.join(" / ")}`);
      }
      return rows.filter(Boolean).join("\n") || "—";
    },
    get busy() {
      return text.busy || Boolean(head && (head.typing() || document.activeElement === head.field));
    },
  };
}
