// What every exercise on the screen has around its work: voice, notices, drafts, the talk with Python, keys, language.
import { keepDrafts } from "./drafts.js";
import { announcer, notices, speaker } from "./page.js";
import { otherWindows, savingTold } from "./windows.js";
import { connect } from "./wire.js";

// `names` are of the elements that others refer to by their id.
export function outfit(model, names) {
  const client = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
  const voice = speaker(model);
  return {
    client,
    ids: Object.fromEntries(names.map((id) => [id, `cs-${id}-${client}`])),
    voice,
    drafts: keepDrafts(model.get("place"), client),
    alarms: notices(voice),
    quiet: announcer(),
    language(lang) {
      model.set("lang", lang);
      model.save_changes();
    },
  };
}

// Bring the widget to life. `own` holds `status`, `aid` (help.js), `sheet` (windows.js) and
//   enable(yes), paint(text, marks)
//   welcome(message)   what else a welcome says
//   messages           what the other messages do, by kind
//   preview(text)      makes a text readable that isn't plain words (may be left out)
//   escape(target)     the Escape key, where it closes no panel (may be left out)
//   stop()             leave no timers behind (may be left out)
export function alive(model, root, { client, voice, drafts, alarms, quiet }, own) {
  const { status, aid, sheet, enable, paint } = own;
  const told = savingTold({ voice, alarms, status, enable });
  const others = otherWindows({ voice, client, drafts, alarms, status, sheet, paint, wire: () => wire });
  let restoring = false;
  const meant = {
    hints: (message) => aid.setHints(message.hints),
    solution: (message) => aid.setSolution(message),
    versions: (message) => aid.setVersions(message.versions),
    kept: (message) => drafts.remove(message.keys),
    problem: (message) => told.alarm("failed", () => voice.pick(message.why)),
    other: (message) => others.elsewhere(message),
    ...own.messages,
  };
  const wire = connect(model, client, drafts, {
    welcome(message) {
      sheet.load(message.text);
      enable(true);
      status.count();
      paint(message.text, message.marks);
      aid.setHints(message.hints);
      own.welcome(message);
      status.saved();
      if (message.problem) told.alarm("failed", () => voice.pick(message.problem));
      others.recover(message, own.preview);
    },
    result: paint,
    saved(message, all) {
      told.saved(message, all, others.gotIt);
      if (aid.open === "versions") wire.send("versions");
    },
    failed: told.failed,
    silent: told.silent,
    answered: told.answered,
    message: (message) => meant[message.kind](message),
  });

  // Coming back to this window or this text: has somebody written elsewhere meanwhile?
  function lookAround() {
    wire.send("look", { revision: wire.revision });
  }
  // Keys typed here are no shortcuts of the notebook's, except saving.
  function keydown(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") return;
    event.stopPropagation();
    if (event.key !== "Escape" || event.isComposing) return;
    if (aid.open && aid.node.contains(event.target)) aid.close();
    else if (own.escape) own.escape(event.target);
  }
  root.addEventListener("keydown", keydown);
  window.addEventListener("focus", lookAround);
  model.on("change:lang", voice.redraw);
  model.on("comm_live_update", wire.probe);
  enable(false);
  voice.onDraw(() => (root.lang = voice.lang === "en" ? "en" : "zh-CN"));
  return {
    send: wire.send,
    push: wire.push,
    lookAround,
    changed(text) {
      alarms.hide("other", "recovered", "restored", "conflict");
      status.saving();
      wire.push(text, restoring);
    },
    restore(old) {
      restoring = true;
      sheet.replace(old);
      restoring = false;
      alarms.show("restored", { tone: "info", text: () => voice.say("restored") });
      wire.send("versions");
    },
    stop() {
      window.removeEventListener("focus", lookAround);
      model.off("change:lang", voice.redraw);
      model.off("comm_live_update", wire.probe);
      if (own.stop) own.stop();
      quiet.stop();
      status.stop();
      wire.close();
    },
  };
}
