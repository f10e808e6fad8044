// One matter told to three customers: the facts on top, then each customer with a text of their own below.
import { foundIn, heading, lengthOf, writing } from "./boards.js";
import { make } from "./page.js";
import { context, customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { matter, voices, longest } = content.board;
  let texts = {};
  const title = heading(`${ids.board}-matter`, () => voice.say("matter"), voice);
  const known = context(voice, matter);
  known.open = true;
  const parts = voices.map((one, n) => customer(one, n));

  function customer({ id, name, scene }, n) {
    const head = heading(`${ids.board}-${id}`, () => `${n + 1}. ${voice.pick(name)}`, voice);
    const length = lengthOf(voice, () => Array.from(texts[id] || "").length);
    const text = writing(
      voice,
      {
        id: `${ids.board}-${id}-text`,
        label: () => voice.say("write_to", { name: voice.pick(name) }),
        placeholder: () => voice.say(`start_${scene.channel}`),
        beside: length.node,
      },
      (words) => {
        texts = { ...texts, [id]: words };
        if (!words.trim()) delete texts[id];
        length.draw();
        on.change(Object.keys(texts).length ? { texts } : {});
      },
    );
    text.area.maxLength = longest;
    text.area.lang = "zh-CN";
    const found = foundIn(voice, (item) => item.startsWith(`${id}.`));
    const node = make("section", "cs-styles-one", {}, head, ...customerTurn(voice, scene), text.node, found.node);
    return { id, text, length, found, node };
  }

  return {
    node: make("div", "cs-styles", {}, make("section", "", {}, title, known), ...parts.map(({ node }) => node)),
    load(value) {
      texts = { ...value.texts };
      for (const { id, text, length } of parts) {
        text.set(texts[id] || "");
        length.draw();
      }
    },
    setMarks(marks) {
      for (const { id, found } of parts) found.set(texts[id] ? marks : null);
    },
    enable: (yes) => parts.forEach(({ text }) => text.enable(yes)),
    summary(value) {
      const written = voices.filter(({ id }) => (value.texts || {})[id]);
      return written.map(({ id, name }) => `${voice.pick(name)}\n${value.texts[id]}`).join("\n\n") || "—";
    },
    get busy() {
      return parts.some(({ text }) => text.busy);
    },
  };
}
