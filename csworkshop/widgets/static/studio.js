// The reply studio: puts the parts together and decides what a message means for them.
import { keepDrafts } from "./drafts.js";
import { editor } from "./editor.js";
import { findings } from "./findings.js";
import { help } from "./help.js";
import { announcer, make, notices, speaker } from "./page.js";
import { score } from "./score.js";
import { piecesOf } from "./spans.js";
import { talk } from "./talk.js";
import { connect } from "./wire.js";

function render({ model, el: root }) {
  const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
  const ids = Object.fromEntries(["area", "task", "keys", "panel", "reason"].map((id) => [id, `cs-${id}-${client}`]));
  const exercise = model.get("content");
  const voice = speaker(model);
  const drafts = keepDrafts(model.get("place"), client);
  const alarms = notices(voice);
  const quiet = announcer();
  let marks = null;
  let restoring = false;

  const top = talk(voice, ids, exercise, { language: (lang) => (model.set("lang", lang), model.save_changes()) });
  const text = editor(voice, ids, { change: changed, focus: lookAround, caret: (n) => chips.look(n) });
  const chips = findings(voice, ids, exercise, { jump: text.select, look: text.setActive });
  const card = score(voice, ids, exercise, { dispute: (item, reason) => wire.send("dispute", { item, reason }) });
  const aid = help(voice, ids, exercise, { ask: (kind) => wire.send(kind), restore, own });
  const status = statusLine(voice, text);
  const label = make("label", "cs-label", { for: ids.area });
  const keys = make("p", "cs-hidden", { id: ids.keys });
  const write = make("section", "cs-write", {}, make("div", "cs-over", {}, label, status.length), text.node);
  write.append(alarms.node, keys, status.node, chips.node);
  root.classList.add("cs-studio");
  root.append(make("div", "cs-grid", {}, top.node, write, aid.node, card.node), quiet.node);

  function changed(value) {
    alarms.hide("other", "recovered", "restored", "conflict");
    status.saving();
    status.count();
    wire.push(value, restoring);
  }
  function paint(value, fresh) {
    if (value !== text.value) return; // about words that are no longer there
    marks = fresh;
    text.setMarks(piecesOf(value, fresh));
    chips.set(value, fresh);
    card.set(fresh);
    quiet.say(fresh.refusal === "empty" ? "" : card.spoken());
  }
  function own() {
    return { text: text.value, pieces: marks ? piecesOf(text.value, marks) : [] };
  }
  // Coming back to this window or this text: has somebody written elsewhere meanwhile?
  function lookAround() {
    wire.send("look", { revision: wire.revision });
  }
  function restore(old) {
    restoring = true;
    text.replace(old);
    restoring = false;
    alarms.show("restored", { tone: "info", text: () => voice.say("restored") });
    wire.send("versions");
  }
  // An alarm that hides when all is well again.
  function alarm(kind, sentence) {
    alarms.show(kind, { tone: "alarm", text: sentence });
    status.unsaved();
  }

  const wire = connect(model, client, drafts, {
    welcome(message) {
      text.load(message.text);
      text.enable(true);
      status.count();
      paint(message.text, message.marks);
      aid.setHints(message.hints);
      card.setDisputes(message.disputes);
      status.saved();
      if (message.problem) alarm("failed", () => voice.pick(message.problem));
      recover(message);
    },
    result: paint,
    saved(message, all) {
      alarms.hide("failed");
      if (all) status.saved();
      if (message.why) alarms.show("note", { tone: "info", text: () => voice.pick(message.why), actions: [gotIt("note")] });
      if (message.state === "conflict") {
        alarms.show("conflict", { tone: "info", text: () => voice.say("conflict"), actions: [gotIt("conflict")] });
      }
      if (aid.open === "versions") wire.send("versions");
    },
    failed: (why, kept) => alarm("failed", () => (kept ? voice.pick(why) : `${voice.pick(why)} ${voice.say("unkept")}`)),
    silent({ unsaved, kept, welcomed }) {
      if (!welcomed) text.enable(false);
      const key = !welcomed ? "ghost" : !kept ? "silent_unkept" : unsaved ? "silent" : "restarted";
      alarm("silent", () => voice.say(key));
    },
    answered: () => alarms.hide("silent"),
    message(message) {
      const meant = {
        hints: () => aid.setHints(message.hints),
        solution: () => aid.setSolution(message),
        versions: () => aid.setVersions(message.versions),
        disputes: () => card.setDisputes(message.disputes),
        kept: () => drafts.remove(message.keys),
        problem: () => alarm("failed", () => voice.pick(message.why)),
        other: () => elsewhere(message),
      };
      meant[message.kind]();
    },
  });

  // Another window has written. Here nobody is typing: take it over. Otherwise say so, and keep both.
  function elsewhere(message) {
    if (message.from === client || (message.to && message.to !== client) || message.revision <= wire.revision) return;
    if (message.text === text.value) {
      wire.adopt(message.revision);
      return;
    }
    const take = () => {
      if (wire.busy) wire.send("keep", { texts: [text.value], keys: [] });
      wire.adopt(message.revision);
      alarms.hide("other");
      if (wire.busy || text.busy) text.replace(message.text);
      else text.load(message.text);
      if (message.marks) paint(message.text, message.marks);
      status.count();
    };
    if (wire.busy || text.busy) {
      alarms.show("other", { tone: "info", text: () => voice.say("other_wrote"), actions: [["take_other", take]] });
    } else {
      take();
      status.note("other_taken");
    }
  }

  // Words of an earlier view that never reached Python.
  function recover({ text: saved, revision }) {
    const found = drafts.others();
    const spent = found.filter((draft) => draft.text === saved || !draft.text.trim());
    drafts.remove(spent.map((draft) => draft.key));
    const [newest, ...rest] = found.filter((draft) => !spent.includes(draft));
    // Nothing newer was saved, or only what this draft's own writer had sent.
    if (newest && (newest.revision === revision || newest.underway.includes(saved))) {
      use(newest, false);
      alarms.show("recovered", { tone: "info", text: () => voice.say("recovered"), actions: [gotIt("recovered")] });
    } else if (newest) {
      const take = () => (alarms.hide("offered"), use(newest, true));
      const leave = () => (alarms.hide("offered"), putAway([newest]));
      const actions = [
        ["take_draft", take],
        ["leave_draft", leave],
      ];
      alarms.show("offered", { tone: "info", text: () => voice.say("offered"), quote: newest.text, actions });
    }
    if (rest.length) putAway(rest);
  }
  function use(draft, keepCurrent) {
    text.load(draft.text);
    status.saving();
    status.count();
    wire.push(draft.text, keepCurrent);
    drafts.remove([draft.key]);
  }
  function putAway(old) {
    wire.send("keep", { texts: old.map((draft) => draft.text), keys: old.map((draft) => draft.key) });
  }
  const gotIt = (kind) => ["dismiss", () => alarms.hide(kind)];

  // Keys typed here are no shortcuts of the notebook's, except saving.
  function keydown(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") return;
    event.stopPropagation();
    if (event.key !== "Escape" || event.isComposing) return;
    if (aid.open && aid.node.contains(event.target)) aid.close();
    else if (event.target === text.area) (chips.first() || aid.node.querySelector("button")).focus();
    else text.area.focus();
  }
  root.addEventListener("keydown", keydown);
  window.addEventListener("focus", lookAround);
  model.on("change:lang", voice.redraw);
  model.on("comm_live_update", wire.probe);
  text.enable(false);
  voice.onDraw(() => {
    root.lang = voice.lang === "en" ? "en" : "zh-CN";
    label.textContent = voice.say("reply");
    keys.textContent = voice.say("keys");
  });
  return () => {
    window.removeEventListener("focus", lookAround);
    model.off("change:lang", voice.redraw);
    model.off("comm_live_update", wire.probe);
    quiet.stop();
    status.stop();
    wire.close();
  };
}

// Under the text: what the underlines mean, and whether the words are saved.
function statusLine(voice, text) {
  const legend = make("span", "cs-legend");
  const state = make("span", "cs-state");
  const length = make("span", "cs-length");
  const node = make("div", "cs-status", {}, legend, state);
  let key = "connecting";
  let slow = 0;
  function set(next) {
    clearTimeout(slow);
    key = next;
    draw();
  }
  function draw() {
    const samples = { technique: "earned", fault: "fault", unsure: "unsure" };
    legend.replaceChildren(
      ...Object.entries(samples).map(([kind, look]) => make("span", `cs-words cs-${look}`, {}, voice.say(`legend_${kind}`))),
    );
    legend.setAttribute("aria-label", voice.say("legend"));
    state.textContent = voice.say(key);
    state.dataset.state = key;
    length.textContent = voice.say("length", { n: Array.from(text.value).length });
  }
  voice.onDraw(draw);
  return {
    node,
    length,
    saved: () => set("saved"),
    unsaved: () => set("unsaved"),
    note: (next) => set(next),
    // Only a save that takes a while is worth a word; else the line would flicker at every key.
    saving() {
      clearTimeout(slow);
      slow = setTimeout(() => key !== "unsaved" && set("saving"), 500);
    },
    count: () => (length.textContent = voice.say("length", { n: Array.from(text.value).length })),
    stop: () => clearTimeout(slow),
  };
}

export default { render };
