// An assistant's drafts, one customer after the other: what becomes of each, why, and the words that go out.
import { lineOf, writing } from "./boards.js";
import { button, make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { limits, drafts } = content.board;
  let dealt = {}; // draft id -> { decision, reason, words, edit, own }

  const limitsTitle = make("p", "cs-label");
  const list = make("ul", "", { lang: "zh-CN" }, ...limits.map((limit) => make("li", "", {}, limit)));
  const progress = make("p", "cs-review-progress", { "aria-live": "polite" });
  const top = make("div", "cs-review-top", {}, make("div", "", {}, limitsTitle, list), progress);
  const cards = drafts.map((draft, n) => reviewCard(voice, `${ids.board}-${draft.id}`, content.board, draft, n, changed));

  function changed(id, row) {
    dealt = { ...dealt, [id]: row };
    count();
    on.change({ drafts: dealt });
  }
  function count() {
    const n = drafts.filter(({ id }) => dealt[id] && dealt[id].decision).length;
    progress.textContent = voice.say("progress", { n, of: drafts.length });
  }
  voice.onDraw(() => {
    limitsTitle.textContent = voice.say("limits");
    count();
  });
  return {
    node: make("div", "cs-review", {}, top, ...cards.map((card) => card.node)),
    get busy() {
      return cards.some((card) => card.busy);
    },
    load(value) {
      dealt = value.drafts || {};
      drafts.forEach(({ id }, n) => cards[n].load(dealt[id] || {}));
      count();
    },
    setMarks: (marks) => cards.forEach((card) => card.setMarks(marks)),
    enable: (yes) => cards.forEach((card) => card.enable(yes)),
    summary(value) {
      const rows = drafts.map(({ id }, n) => {
        const { decision, edit, own } = (value.drafts || {})[id] || {};
        const text = decision === "personalise" ? edit : decision === "takeover" ? own : "";
        const done = decision ? voice.say(`do_${decision}`) : voice.say("undecided");
        return `${n + 1}. ${done}${text ? ` “${text}”` : ""}`;
      });
      return rows.join("\n");
    },
  };
}

function reviewCard(voice, id, { decisions, reasons, reasoned, writes, longest }, draft, n, onChange) {
  let row = {};
  let enabled = false;

  const title = make("h4", "cs-part", { id });
  const label = make("p", "cs-who cs-ours");
  const hint = make("p", "cs-review-hint", { id: `${id}-hint` });
  const pieces = draft.pieces.map((text, at) => {
    const node = make("span", "cs-review-piece", { "data-n": at }, text);
    const press = () => enabled && row.decision === "reject" && update({ words: row.words === at ? null : at });
    node.addEventListener("click", press);
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      press();
    });
    return node;
  });
  const bubble = make("div", "cs-bubble cs-flawed cs-review-draft", { lang: "zh-CN" }, ...pieces);
  const turn = make("div", "cs-turn cs-right", {}, label, bubble, hint);

  const ask = make("p", "cs-label", { id: `${id}-ask` });
  const picks = decisions.map((decision) => {
    const node = button("cs-review-pick", { "data-decision": decision }, make("strong", ""), make("span", ""));
    node.addEventListener("click", () => decide(decision));
    return { decision, node };
  });
  const choice = make("div", "cs-review-picks", { role: "group", "aria-labelledby": ask.id }, ...picks.map((p) => p.node));

  const reasonLabel = make("label", "cs-label", { for: `${id}-reason` });
  const reason = make("select", "cs-review-reason", { id: `${id}-reason` });
  reason.addEventListener("change", () => update({ reason: reason.value || null }));
  const reasonRow = make("div", "cs-review-why", {}, reasonLabel, reason);

  const texts = Object.values(writes).map((key) => {
    const placeholder = key === "own" ? () => voice.say("placeholder_own") : null;
    const text = writing(voice, { id: `${id}-${key}`, label: () => voice.say(key), placeholder, rows: 3 }, (now) => {
      update({ [key]: now });
    });
    const length = make("p", "cs-length cs-review-length");
    text.node.append(length);
    return { key, text, length };
  });
  const [customer, context] = customerTurn(voice, draft.scene);
  context.open = true; // what every draft is to be compared with
  const node = make(
    "section",
    "cs-review-card",
    { "aria-labelledby": id },
    title,
    customer,
    context,
    turn,
    make("div", "cs-review-deal", {}, ask, choice, reasonRow, ...texts.map(({ text }) => text.node)),
  );

  // A draft that is to be edited starts as the draft; what was written for another decision stays in the answer.
  function decide(decision) {
    if (!enabled) return;
    const fresh = { decision };
    if (writes[decision] === "edit" && !row.edit) fresh.edit = draft.pieces.join("");
    update(fresh);
  }
  function update(fresh) {
    row = Object.fromEntries(Object.entries({ ...row, ...fresh }).filter(([, v]) => v !== null && v !== ""));
    draw();
    onChange(draft.id, row);
  }
  function draw() {
    title.textContent = voice.say("draft_n", { n: n + 1 });
    label.textContent = voice.say("drafted");
    ask.textContent = voice.say("decide");
    for (const { decision, node: pick } of picks) {
      pick.firstChild.textContent = voice.say(`do_${decision}`);
      pick.lastChild.textContent = voice.say(`means_${decision}`);
      pick.setAttribute("aria-pressed", String(row.decision === decision));
      pick.setAttribute("aria-disabled", String(!enabled));
    }
    reasonRow.hidden = !reasoned.includes(row.decision);
    reasonLabel.textContent = voice.say("reason");
    const options = ["", ...reasons].map((why) => {
      return make("option", "", { value: why }, why ? voice.say(`why_${why}`) : "—");
    });
    reason.replaceChildren(...options);
    reason.value = row.reason || "";
    reason.disabled = !enabled;
    const pointing = row.decision === "reject";
    hint.hidden = !pointing;
    hint.textContent = voice.say("draft_words");
    pieces.forEach((piece, at) => {
      piece.classList.toggle("cs-review-picked", pointing && row.words === at);
      for (const name of ["role", "tabindex", "aria-pressed", "aria-describedby"]) piece.removeAttribute(name);
      if (!pointing) return;
      piece.setAttribute("role", "button");
      piece.setAttribute("tabindex", "0");
      piece.setAttribute("aria-pressed", String(row.words === at));
      piece.setAttribute("aria-describedby", hint.id);
    });
    bubble.classList.toggle("cs-review-pointing", pointing && enabled);
    for (const { key, text, length } of texts) {
      text.node.hidden = writes[row.decision] !== key;
      text.set(row[key] || "");
      const size = Array.from(text.value).length;
      length.textContent = voice.say("length_of", { n: size, most: longest });
      length.classList.toggle("cs-review-over", size > longest);
    }
  }
  voice.onDraw(draw);
  return {
    node,
    get busy() {
      return texts.some(({ text }) => text.busy);
    },
    load(value) {
      row = { ...value };
      draw();
    },
    setMarks(marks) {
      const line = lineOf(marks, draft.id);
      for (const { decision, node: pick } of picks) {
        const here = line && row.decision === decision;
        pick.classList.toggle("cs-right-one", Boolean(here && line.state === "earned"));
        pick.classList.toggle("cs-wrong-one", Boolean(here && line.state !== "earned"));
      }
      const told = lineOf(marks, `${draft.id}.words`);
      pieces.forEach((piece, at) => {
        const here = told && row.words === at;
        piece.classList.toggle("cs-review-hit", Boolean(here && told.state === "earned"));
        piece.classList.toggle("cs-review-miss", Boolean(here && told.state !== "earned"));
      });
    },
    enable(yes) {
      enabled = yes;
      texts.forEach(({ text }) => text.enable(yes));
      draw();
    },
  };
}
