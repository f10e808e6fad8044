// The same answer in several windows, and words of an earlier view that never reached Python: nobody's are lost.
// `sheet` is what holds the answer's text here: value, busy, load(text), replace(text).

export function otherWindows({ voice, client, drafts, alarms, status, sheet, paint, wire }) {
  const gotIt = (kind) => ["dismiss", () => alarms.hide(kind)];

  // Another window has written. Here nobody is typing: take it over. Otherwise say so, and keep both.
  function elsewhere(message) {
    if (message.from === client || (message.to && message.to !== client) || message.revision <= wire().revision) return;
    if (message.text === sheet.value) {
      wire().adopt(message.revision);
      return;
    }
    const take = () => {
      if (wire().busy) wire().send("keep", { texts: [sheet.value], keys: [] });
      wire().adopt(message.revision);
      alarms.hide("other");
      if (wire().busy || sheet.busy) sheet.replace(message.text);
      else sheet.load(message.text);
      if (message.marks) paint(message.text, message.marks);
      status.count();
    };
    if (wire().busy || sheet.busy) {
      alarms.show("other", { tone: "info", text: () => voice.say("other_wrote"), actions: [["take_other", take]] });
    } else {
      take();
      status.note("other_taken");
    }
  }

  // Words of an earlier view that never reached Python. `preview` makes a text readable that isn't plain words.
  function recover({ text: saved, revision }, preview = (text) => text) {
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
      alarms.show("offered", { tone: "info", text: () => voice.say("offered"), quote: preview(newest.text), actions });
    }
    if (rest.length) putAway(rest);
  }
  function use(draft, keepCurrent) {
    sheet.load(draft.text);
    status.saving();
    status.count();
    wire().push(draft.text, keepCurrent);
    drafts.remove([draft.key]);
  }
  function putAway(old) {
    wire().send("keep", { texts: old.map((draft) => draft.text), keys: old.map((draft) => draft.key) });
  }
  return { elsewhere, recover, gotIt };
}

// An alarm that hides when all is well again, and what the wire says of saving.
export function savingTold({ voice, alarms, status, enable }) {
  function alarm(kind, sentence) {
    alarms.show(kind, { tone: "alarm", text: sentence });
    status.unsaved();
  }
  return {
    alarm,
    failed: (why, kept) => alarm("failed", () => (kept ? voice.pick(why) : `${voice.pick(why)} ${voice.say("unkept")}`)),
    silent({ unsaved, kept, welcomed }) {
      if (!welcomed) enable(false);
      const key = !welcomed ? "ghost" : !kept ? "silent_unkept" : unsaved ? "silent" : "restarted";
      alarm("silent", () => voice.say(key));
    },
    answered: () => alarms.hide("silent"),
    saved(message, all, gotIt) {
      alarms.hide("failed");
      if (all) status.saved();
      if (message.why) alarms.show("note", { tone: "info", text: () => voice.pick(message.why), actions: [gotIt("note")] });
      if (message.state === "conflict") {
        alarms.show("conflict", { tone: "info", text: () => voice.say("conflict"), actions: [gotIt("conflict")] });
      }
    },
  };
}
