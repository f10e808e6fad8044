// The shell of every activity: title, task, saving, hints, results. What is done in it is the kind's own board.
//
// `board(voice, ids, content, on)` in kind_<kind>.js draws `content.board` and hands back:
//   node              what is put on the page
//   load(value)       show this answer (an object; {} where nothing was done yet): a saved one or the model answer
//   setMarks(marks)   show where it stands what was right and wrong, by the lines' `item`; null: nothing to show
//   enable(yes)       whether the answer can be changed
//   receive(message)  what the exercise's own world says to on.ask(name, data) (only if the kind has `respond`)
//   summary(value)    an answer in a line or two of words, for the list of earlier versions
//   busy              true in the middle of typing (may be left out)
//   stop()            leave no timers behind (may be left out)
// It says on.change(value) with the whole new answer, on.ask(name, data), on.spoken(text) for screen readers.
import { keepDrafts } from "./drafts.js";
import { help } from "./help.js";
import { board } from "./kind_choice.js";
import { announcer, button, make, notices, speaker } from "./page.js";
import { results } from "./results.js";
import { statusLine } from "./status.js";
import { header } from "./talk.js";
import { otherWindows, savingTold } from "./windows.js";
import { connect } from "./wire.js";

const valueOf = (text) => (text.trim() ? JSON.parse(text) : {});
const textOf = (value) => (Object.keys(value).length ? JSON.stringify(value) : "");

function render({ model, el: root }) {
  const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
  const ids = Object.fromEntries(["task", "panel", "board"].map((id) => [id, `cs-${id}-${client}`]));
  const content = model.get("content");
  const voice = speaker(model);
  const drafts = keepDrafts(model.get("place"), client);
  const alarms = notices(voice);
  const quiet = announcer();
  const graded = content.graded && !content.live;
  let showingModel = false;

  const top = make("div", "cs-talk", {}, ...header(voice, ids, content, { language }));
  const own = board(voice, ids, content, { change: changed, ask, spoken: (text) => quiet.say(text) });
  // The answer's text, as windows.js wants it.
  const sheet = {
    value: "",
    get busy() {
      return Boolean(own.busy);
    },
    load(text) {
      sheet.value = text;
      own.load(valueOf(text));
      own.setMarks(null);
    },
    replace(text) {
      sheet.load(text);
      wire.push(text, true);
    },
  };
  const card = results(voice, content, graded);
  const aid = help(voice, ids, content, { ask: (kind) => wire.send(kind), restore, solution, preview });
  const status = statusLine(voice, sheet, { legend: false });
  const check = button("cs-button cs-primary", {});
  check.hidden = content.live || graded;
  check.addEventListener("click", () => wire.send("check"));
  const under = make("div", "cs-under", {}, check, status.node);
  const work = make("section", "cs-write", { id: ids.board }, own.node, alarms.node, under);
  root.classList.add("cs-studio", "cs-activity", `cs-kind-${content.kind}`);
  root.append(make("div", "cs-grid", {}, top, work, aid.node, card.node), quiet.node);

  function language(lang) {
    model.set("lang", lang);
    model.save_changes();
  }
  function changed(value) {
    sheet.value = textOf(value);
    alarms.hide("other", "recovered", "restored", "conflict");
    status.saving();
    if (!content.live) {
      own.setMarks(null);
      card.stale();
    }
    wire.push(sheet.value);
  }
  function ask(name, data) {
    wire.send("ask", { name, data });
  }
  function paint(text, marks) {
    if (text !== sheet.value || !marks) return; // about an answer that is no longer there, or not to be shown yet
    own.setMarks(marks);
    card.set(marks);
    quiet.say(card.spoken());
  }
  function restore(old) {
    sheet.replace(old);
    alarms.show("restored", { tone: "info", text: () => voice.say("restored") });
    wire.send("versions");
  }
  function preview(text) {
    return text.trim() ? own.summary(valueOf(text)) : "";
  }
  // The model answer takes the board's place for as long as it is looked at; the trainee's own is what is saved.
  function solution(found) {
    const swap = button("cs-button", {}, voice.say(showingModel ? "show_own" : "show_model"));
    swap.addEventListener("click", () => {
      showingModel = !showingModel;
      own.load(valueOf(showingModel ? found.text : sheet.value));
      own.setMarks(showingModel ? found.marks : null);
      own.enable(!showingModel);
      root.classList.toggle("cs-model", showingModel);
      check.disabled = showingModel;
      aid.setSolution(found);
      work.scrollIntoView({ block: "nearest" });
    });
    return [make("p", "cs-copy", { lang: "zh-CN" }, own.summary(valueOf(found.text))), swap];
  }
  function lookAround() {
    wire.send("look", { revision: wire.revision });
  }

  const told = savingTold({ voice, alarms, status, enable: own.enable });
  const others = otherWindows({ voice, client, drafts, alarms, status, sheet, paint, wire: () => wire });
  const wire = connect(model, client, drafts, {
    welcome(message) {
      sheet.load(message.text);
      own.enable(true);
      paint(message.text, message.marks);
      aid.setHints(message.hints);
      card.checked(message.checks);
      status.saved();
      if (message.problem) told.alarm("failed", () => voice.pick(message.problem));
      others.recover(message, preview);
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
        marks: () => paint(sheet.value, message.marks),
        told: () => own.receive(message),
        hints: () => aid.setHints(message.hints),
        solution: () => aid.setSolution(message),
        versions: () => aid.setVersions(message.versions),
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
    if (event.key === "Escape" && !event.isComposing && aid.open && aid.node.contains(event.target)) aid.close();
  }
  root.addEventListener("keydown", keydown);
  window.addEventListener("focus", lookAround);
  model.on("change:lang", voice.redraw);
  model.on("comm_live_update", wire.probe);
  own.enable(false);
  voice.onDraw(() => {
    root.lang = voice.lang === "en" ? "en" : "zh-CN";
    check.textContent = voice.say("check");
  });
  return () => {
    window.removeEventListener("focus", lookAround);
    model.off("change:lang", voice.redraw);
    model.off("comm_live_update", wire.probe);
    if (own.stop) own.stop();
    quiet.stop();
    status.stop();
    wire.close();
  };
}

export default { render };
