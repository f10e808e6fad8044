// How the simulated customer feels: four short bars, each with its word and number, so that nothing is told by colour.
import { make } from "./page.js";

export const FEELINGS = ["anger", "anxiety", "disappointment", "trust"];

// The word for a level of 0 to 100; trust has words of its own, for it is good to be high.
export function moodWord(voice, feeling, level) {
  const step = level < 25 ? 0 : level < 45 ? 1 : level < 58 ? 2 : level < 80 ? 3 : 4;
  return feeling === "trust" ? voice.say(`trust_${step}`) : voice.say(`level_${step}`);
}

export function moodMeter(voice) {
  const title = make("p", "cs-label");
  const rows = FEELINGS.map((feeling) => {
    const name = make("span", "cs-rp-feeling");
    const fill = make("span", "cs-rp-fill");
    const word = make("span", "cs-rp-word");
    const number = make("span", "cs-rp-number");
    const bar = make("span", "cs-rp-bar", { role: "meter", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
    return { feeling, name, fill, word, number, bar, node: make("div", `cs-rp-row cs-rp-${feeling}`, {}, name, bar, word, number) };
  });
  const node = make("section", "cs-rp-mood", { role: "group" }, title, ...rows.map((row) => row.node));
  let mood = null;
  let before = null;

  function draw() {
    title.textContent = voice.say("mood");
    node.setAttribute("aria-label", voice.say("mood"));
    for (const row of rows) {
      const level = mood ? mood[row.feeling] : 0;
      const by = mood && before ? level - before[row.feeling] : 0;
      row.name.textContent = voice.say(`feeling_${row.feeling}`);
      row.word.textContent = mood ? moodWord(voice, row.feeling, level) : "";
      row.number.textContent = mood ? `${level}${by ? (by > 0 ? " ↑" : " ↓") : ""}` : "–";
      row.fill.style.width = level ? `max(8px, ${level}%)` : 0; // less than its round ends looks like a scratch
      row.bar.setAttribute("aria-valuenow", level);
      row.bar.setAttribute("aria-label", row.name.textContent);
      row.bar.setAttribute("aria-valuetext", mood ? `${level} ${row.word.textContent}` : "–");
    }
  }
  voice.onDraw(draw);
  return {
    node,
    set(next, last) {
      mood = next;
      before = last || null;
      draw();
    },
  };
}
