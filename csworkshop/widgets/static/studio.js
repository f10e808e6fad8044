// The reply studio: puts the parts together and decides what a message means for them.
import { editor } from "./editor.js";
import { findings } from "./findings.js";
import { help } from "./help.js";
import { make } from "./page.js";
import { score } from "./score.js";
import { alive, outfit } from "./shell.js";
import { piecesOf } from "./spans.js";
import { statusLine } from "./status.js";
import { talk } from "./talk.js";

function render({ model, el: root }) {
  const shell = outfit(model, ["area", "task", "keys", "panel", "reason"]);
  const { ids, voice } = shell;
  const exercise = model.get("content");
  let marks = null;

  const top = talk(voice, ids, exercise, { language: shell.language });
  const text = editor(voice, ids, { change: changed, focus: () => life.lookAround(), caret: (n) => chips.look(n) });
  const chips = findings(voice, ids, exercise, { jump: text.select, look: text.setActive });
  const card = score(voice, ids, exercise, { dispute: (item, reason) => life.send("dispute", { item, reason }) });
  const aid = help(voice, ids, exercise, { ask: (kind) => life.send(kind), restore: (old) => life.restore(old), own });
  const status = statusLine(voice, text);
  const label = make("label", "cs-label", { for: ids.area });
  const keys = make("p", "cs-hidden", { id: ids.keys });
  const write = make("section", "cs-write", {}, make("div", "cs-over", {}, label, status.length), text.node);
  write.append(shell.alarms.node, keys, status.node, chips.node);
  root.classList.add("cs-studio");
  root.append(make("div", "cs-grid", {}, top.node, write, aid.node, card.node), shell.quiet.node);

  function changed(value) {
    status.count();
    life.changed(value);
  }
  function paint(value, fresh) {
    if (value !== text.value) return; // about words that are no longer there
    marks = fresh;
    text.setMarks(piecesOf(value, fresh));
    chips.set(value, fresh);
    card.set(fresh);
    shell.quiet.say(fresh.refusal === "empty" ? "" : card.spoken());
  }
  function own() {
    return { text: text.value, pieces: marks ? piecesOf(text.value, marks) : [] };
  }
  const life = alive(model, root, shell, {
    status,
    aid,
    sheet: text,
    enable: text.enable,
    paint,
    welcome: (message) => card.setDisputes(message.disputes),
    messages: { disputes: (message) => card.setDisputes(message.disputes) },
    escape(target) {
      if (target === text.area) (chips.first() || aid.node.querySelector("button")).focus();
      else text.area.focus();
    },
  });
  voice.onDraw(() => {
    label.textContent = voice.say("reply");
    keys.textContent = voice.say("keys");
  });
  return life.stop;
}

export default { render };
