// Talking to Python: edits go out one at a time, the newest text only; silence is noticed; nothing is lost.

const PATIENCE = 2500; // ms without an answer until the trainee is told
const RETRY = 5000;

// `on` has: welcome, result, saved, failed, silent, answered, message.
export function connect(model, client, drafts, on) {
  let seq = 0;
  let revision = 0; // the newest revision whose text this view has shown or written
  let welcomed = false;
  let waiting = null; // the edit under way: { seq, text, restore }
  let next = null; // what goes out when it is back
  let newest = null; // the newest text that isn't saved, null if all is
  let kept = true;
  const sent = new Map(); // seq -> text, for answers that come late
  let alarm = 0;
  let retry = 0;

  function send(kind, content = {}) {
    try {
      model.send({ kind, client, ...content });
    } catch (error) {
      console.warn("csworkshop: the kernel cannot be reached", error);
      on.silent({ unsaved: newest !== null, kept, welcomed });
    }
  }
  function expectAnswer(again) {
    clearTimeout(alarm);
    clearTimeout(retry);
    alarm = setTimeout(() => on.silent({ unsaved: newest !== null, kept, welcomed }), PATIENCE);
    retry = setTimeout(again, RETRY);
  }
  function answered() {
    clearTimeout(alarm);
    clearTimeout(retry);
    on.answered();
  }
  function hello() {
    send("hello");
    expectAnswer(hello);
  }
  function pump() {
    if (waiting || !next || !welcomed) return;
    waiting = { seq: (seq += 1), ...next };
    next = null;
    sent.set(seq, waiting.text);
    sent.delete(seq - 20);
    send("edit", { seq, text: waiting.text, revision, restore: waiting.restore });
    expectAnswer(sendAgain);
  }
  // No answer, or one that says "could not save": the newest text goes out once more.
  function sendAgain() {
    if (newest === null) return;
    next = { text: newest, restore: Boolean(waiting && waiting.restore) };
    waiting = null;
    pump();
  }
  function acknowledged(message) {
    const text = sent.get(message.seq);
    if (text === undefined) return;
    answered();
    if (waiting && waiting.seq === message.seq) waiting = null;
    if (message.state === "failed") {
      on.failed(message.why, kept);
      retry = setTimeout(sendAgain, RETRY);
    } else {
      revision = Math.max(revision, message.revision);
      if (text === newest) {
        newest = null;
        drafts.drop();
      } else if (newest !== null) {
        kept = drafts.keep(newest, revision, []);
      }
      on.saved(message, newest === null);
    }
    pump();
  }
  function receive(message) {
    if (message.client && message.client !== client) return;
    if (message.kind === "welcome") {
      answered();
      if (!welcomed) {
        welcomed = true;
        revision = message.revision;
        on.welcome(message);
      }
    } else if (message.kind === "result") {
      on.result(sent.get(message.seq), message.marks);
    } else if (message.kind === "ack") {
      acknowledged(message);
    } else {
      on.message(message);
    }
  }
  function goodbye() {
    send("bye");
  }
  model.on("msg:custom", receive);
  window.addEventListener("pagehide", goodbye);
  hello();
  return {
    send,
    probe: hello, // is Python still there?
    get revision() {
      return revision;
    },
    // Words of another window are on this screen now: they are what the next edit is based on.
    adopt: (number) => (revision = Math.max(revision, number)),
    get busy() {
      return newest !== null;
    },
    push(text, restore = false) {
      newest = text;
      next = { text, restore: restore || Boolean(next && next.restore) };
      const under = waiting ? [...sent.values()].slice(-2) : [];
      pump(); // first of all: storing takes the browser a moment
      kept = drafts.keep(text, revision, under);
    },
    close() {
      clearTimeout(alarm);
      clearTimeout(retry);
      window.removeEventListener("pagehide", goodbye);
      model.off("msg:custom", receive);
      goodbye();
    },
  };
}
