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
import { help } from "./help.js";
import { board } from "./kind_choice.js";
import { button, make } from "./page.js";
import { results } from "./results.js";
import { alive, outfit } from "./shell.js";
import { statusLine } from "./status.js";
import { header } from "./talk.js";

const valueOf = (text) => (text.trim() ? JSON.parse(text) : {});
const textOf = (value) => (Object.keys(value).length ? JSON.stringify(value) : "");

function render({ model, el: root }) {
  const shell = outfit(model, ["task", "panel", "board"]);
  const { ids, voice, quiet } = shell;
  const content = model.get("content");
  const graded = content.graded && !content.live;
  let showingModel = false;

  const top = make("div", "cs-talk", {}, ...header(voice, ids, content, { language: shell.language }));
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
      life.push(text, true);
    },
  };
  const card = results(voice, content, graded);
  const aid = help(voice, ids, content, { ask: (kind) => life.send(kind), restore: (old) => life.restore(old), solution, preview });
  const status = statusLine(voice, sheet, { legend: false });
  const check = button("cs-button cs-primary", {});
  check.hidden = content.live || graded;
  check.addEventListener("click", () => life.send("check"));
  const under = make("div", "cs-under", {}, check, status.node);
  const work = make("section", "cs-write", { id: ids.board }, own.node, shell.alarms.node, under);
  root.classList.add("cs-studio", "cs-activity", `cs-kind-${content.kind}`);
  root.classList.toggle("cs-asked", !content.live);
  root.append(make("div", "cs-grid", {}, top, work, aid.node, card.node), quiet.node);

  function changed(value) {
    sheet.value = textOf(value);
    if (!content.live) {
      own.setMarks(null);
      card.stale();
    }
    life.changed(sheet.value);
  }
  function ask(name, data) {
    life.send("ask", { name, data });
  }
  function paint(text, marks) {
    if (text !== sheet.value || !marks) return; // about an answer that is no longer there, or not to be shown yet
    own.setMarks(marks);
    card.set(marks);
    quiet.say(card.spoken());
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

  const life = alive(model, root, shell, {
    status,
    aid,
    sheet,
    enable: own.enable,
    paint,
    preview,
    welcome: (message) => card.checked(message.checks),
    messages: { marks: (message) => paint(sheet.value, message.marks), told: own.receive },
    stop: own.stop,
  });
  voice.onDraw(() => (check.textContent = voice.say("check")));
  return life.stop;
}

export default { render };
