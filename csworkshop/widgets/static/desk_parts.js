// The panels of the ticket desk: opening, looking up, replying, handing over, closing.
// Each has `node`, `draw({ enabled, world, drafts })`, and `busy` where something is being written.
import { choices, pressable, several, writing } from "./boards.js";
import { button, make } from "./page.js";

function deskLabel(voice, id, key) {
  const node = make("p", "cs-label", { id });
  voice.onDraw(() => (node.textContent = voice.say(key)));
  return node;
}

export function openPart(voice, id, desk, onOpen) {
  let chosen = { type: "", priority: "", evidence: [] };
  const titles = Object.fromEntries(["type", "priority", "evidence"].map((key) => [key, deskLabel(voice, id(key), key)]));
  const set = (fresh) => {
    chosen = { ...chosen, ...fresh };
    ready();
  };
  const type = choices(voice, id("type-of"), titles.type.id, desk.types, (now) => set({ type: now }));
  const priority = choices(voice, id("priority-of"), titles.priority.id, desk.priorities, (now) => set({ priority: now }));
  const evidence = several(voice, titles.evidence.id, desk.evidence, (now) => set({ evidence: now }));
  const go = pressable(voice, "open_go", () => onOpen({ ...chosen }), "cs-button cs-desk-go");
  const said = make("p", "cs-quiet");
  const form = [
    make("div", "", {}, titles.type, type.node),
    make("div", "", {}, titles.priority, priority.node),
    make("div", "cs-desk-whole", {}, titles.evidence, evidence.node),
    make("div", "cs-desk-whole cs-desk-foot", {}, go),
  ];
  const node = make("div", "cs-desk-form", {}, ...form, said);
  let enabled = false;
  function ready() {
    go.disabled = !enabled || !chosen.type || !chosen.priority;
  }
  return {
    node,
    draw({ enabled: yes, world }) {
      enabled = yes;
      for (const part of form) part.hidden = world.opened;
      said.hidden = !world.opened;
      said.textContent = voice.say("opened");
      [type, priority, evidence].forEach((part) => part.enable(yes && !world.opened));
      ready();
    },
  };
}

export function lookPart(voice, desk, onLook) {
  const how = make("p", "cs-quiet");
  const places = desk.places.map(({ id, text }) => {
    const node = button("cs-button", { lang: "zh-CN", "data-place": id }, text);
    node.addEventListener("click", () => onLook(id));
    return node;
  });
  return {
    node: make("div", "", {}, make("div", "cs-desk-places", {}, ...places), how),
    draw({ enabled }) {
      how.textContent = voice.say("look_how");
      for (const node of places) node.disabled = !enabled;
    },
  };
}

// What is written for a step stays in the answer until it is sent.
function deskWriting(voice, id, desk, keys, onDraft, onSend) {
  const text = writing(voice, { id, label: () => voice.say(keys.label), rows: 3 }, (now) => {
    onDraft(now);
    ready();
  });
  const length = make("p", "cs-length");
  const go = pressable(voice, keys.go, () => onSend(text.value.trim()), "cs-button cs-desk-go");
  let enabled = false;
  let open = true;
  function ready() {
    const size = Array.from(text.value).length;
    length.textContent = voice.say("length_of", { n: size, most: desk.longest });
    length.classList.toggle("cs-desk-over", size > desk.longest);
    go.disabled = !enabled || !open || !text.value.trim();
  }
  return {
    nodes: [text.node, make("div", "cs-desk-foot", {}, length, go)],
    get busy() {
      return text.busy;
    },
    draw(yes, draft, may = true) {
      enabled = yes;
      open = may;
      text.set(draft);
      text.enable(yes);
      ready();
    },
  };
}

export function sayPart(voice, id, desk, onDraft, onSend) {
  const text = deskWriting(voice, id, desk, { label: "say_label", go: "say_go" }, (now) => onDraft("say", now), onSend);
  return {
    node: make("div", "", {}, ...text.nodes),
    get busy() {
      return text.busy;
    },
    draw: ({ enabled, drafts }) => text.draw(enabled, drafts.say || ""),
  };
}

export function handPart(voice, id, desk, onDraft, onSend) {
  let to = "";
  const label = deskLabel(voice, id("hand-to"), "hand_to");
  const who = choices(voice, id("hand-of"), label.id, desk.departments, (now) => {
    to = now;
    onDraft("department", now);
    text.draw(enabled, drafts.hand || "", Boolean(to));
  });
  const text = deskWriting(voice, id("hand"), desk, { label: "hand_label", go: "hand_go" }, (now) => onDraft("hand", now), (words) => onSend(words, to));
  let enabled = false;
  let drafts = {};
  return {
    node: make("div", "", {}, label, who.node, ...text.nodes),
    get busy() {
      return text.busy;
    },
    draw({ enabled: yes, drafts: fresh }) {
      enabled = yes;
      drafts = fresh;
      to = fresh.department || to;
      who.set(to);
      who.enable(yes);
      text.draw(yes, fresh.hand || "", Boolean(to));
    },
  };
}

export function closePart(voice, id, desk, onClose, onKeep) {
  let survey = "";
  const label = deskLabel(voice, id("survey"), "survey");
  const options = desk.surveys.map((one) => ({ id: one, text: { zh: "", en: "" } }));
  const which = choices(voice, id("survey-of"), label.id, options, (now) => {
    survey = now;
    ready();
  });
  const go = pressable(voice, "close_go", () => onClose(survey), "cs-button cs-desk-go");
  const keep = pressable(voice, "keep_go", onKeep);
  let enabled = false;
  function ready() {
    go.disabled = !enabled || !survey;
    keep.disabled = !enabled;
  }
  return {
    node: make("div", "", {}, label, which.node, make("div", "cs-desk-foot", {}, go, keep)),
    draw({ enabled: yes }) {
      enabled = yes;
      desk.surveys.forEach((one, n) => {
        which.node.children[n].lastChild.textContent = voice.say(`survey_${one}`);
      });
      which.enable(yes);
      ready();
    },
  };
}
