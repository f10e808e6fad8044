// The reply studio: puts the parts together and decides what a message means for them.
import { keepDrafts } from "./drafts.js";
import { editor } from "./editor.js";
import { findings } from "./findings.js";
import { help } from "./help.js";
import { announcer, make, notices, speaker } from "./page.js";
import { score } from "./score.js";
import { piecesOf } from "./spans.js";
import { statusLine } from "./status.js";
import { talk } from "./talk.js";
import { otherWindows, savingTold } from "./windows.js";
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
  const told = savingTold({ voice, alarms, status, enable: text.enable });
  const others = otherWindows({ voice, client, drafts, alarms, status, sheet: text, paint, wire: () => wire });

  const wire = connect(model, client, drafts, {
    welcome(message) {
      text.load(message.text);
      text.enable(true);
      status.count();
      paint(message.text, message.marks);
      aid.setHints(message.hints);
      card.setDisputes(message.disputes);
      status.saved();
      if (message.problem) told.alarm("failed", () => voice.pick(message.problem));
      others.recover(message);
    },
    result: paint,
    saved(message, all) {
      told.saved(message, all, others.gotIt);
      if (aid.open === "versions") wire.send("versions");
    },
    failed: told.failed,
    silent: told.silent,
    answered: told.answered,
    message(message) {
      const meant = {
        hints: () => aid.setHints(message.hints),
        solution: () => aid.setSolution(message),
        versions: () => aid.setVersions(message.versions),
        disputes: () => card.setDisputes(message.disputes),
        kept: () => drafts.remove(message.keys),
        problem: () => told.alarm("failed", () => voice.pick(message.why)),
        other: () => others.elsewhere(message),
      };
      meant[message.kind]();
    },
  });

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

export default { render };
