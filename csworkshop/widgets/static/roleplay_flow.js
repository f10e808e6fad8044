// Asking Python for the talk: questions without an answer are asked again, answers to old questions are dropped, a
// language model's wording is waited for within limits, and the customer takes a moment to type.
const ASK_AGAIN = 4000; // ms without an answer
const SPOKEN_WITHIN = 9500; // ms for a language model's wording; then the case's own words are shown
const TYPING = { least: 400, each: 45, most: 2200 }; // ms

// `pauses()` says whether the customer takes time to type. `on`: talk(told) how it stands and which turns are new;
// it hands back what is to come bit by bit: { turn, words, said } (said: the customer's side, for a model) or null.
// on.turn(turn, words, byModel) puts it up, on.settled() when all that was asked for stands there.
export function talkFlow(ask, pauses, on) {
  let key = 0;
  let question = null;
  let again = 0;
  let open = false; // the question still waits: what was asked twice is answered twice
  let speaking = null;
  const timers = new Set();

  function later(ms, doing) {
    const timer = setTimeout(() => (timers.delete(timer), doing()), ms);
    timers.add(timer);
  }
  function forget() {
    key += 1;
    open = false;
    clearTimeout(again);
    timers.forEach(clearTimeout);
    timers.clear();
    speaking = null;
  }
  function send() {
    ask("talk", question);
    again = setTimeout(send, ASK_AGAIN);
  }
  function arrive(turn, words, byModel) {
    const wait = pauses() ? Math.min(TYPING.least + TYPING.each * words.length, TYPING.most) : 0;
    later(wait, () => {
      on.turn(turn, words, byModel);
      on.settled();
    });
  }
  return {
    get key() {
      return key;
    },
    fetch(asked) {
      forget();
      question = { ...asked, key };
      open = true;
      send();
    },
    receive(message) {
      if (message.key !== key) return;
      if (message.name === "talk") {
        if (!open) return;
        open = false;
        clearTimeout(again);
        const next = on.talk(message);
        if (!next) on.settled();
        else if (!next.said) arrive(next.turn, next.words, false);
        else {
          const { turn } = next;
          speaking = turn;
          ask("speak", { seed: question.seed, moves: question.moves, said: next.said, key });
          later(SPOKEN_WITHIN, () => speaking === turn && ((speaking = null), arrive(turn, turn.text, false)));
        }
      } else if (speaking) {
        const turn = speaking;
        speaking = null;
        arrive(turn, message.text, message.by === "model");
      }
    },
    forget,
  };
}
