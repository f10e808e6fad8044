// Looking back at a talk: how it ended, the mood curve, the steps and their order, what the customer had in mind, better
// moves for the worst turns, each reply, earlier tries.
import { button, make } from "./page.js";
import { moodCurve } from "./roleplay_curve.js";
import { outcomeKey } from "./roleplay_end.js";
import { FEELINGS } from "./roleplay_mood.js";
import { stepList } from "./roleplay_steps.js";

// `found`: {debrief, lacking}; `extra`: what the answer knows besides: looks, pauses, hints, ticket, earlier.
export function debriefing(voice, found, extra, on) {
  const { debrief } = found;
  const node = make("section", "cs-rp-debrief", { tabindex: "-1" });
  const title = part("debrief", "h4");
  const tries = make("div", "");
  node.append(
    title,
    lead(),
    part("curve"),
    moodCurve(voice, debrief),
    make("div", "cs-rp-two", {}, order(), mind()),
    ...(debrief.better.length ? [part("better"), make("div", "cs-rp-cards", {}, ...debrief.better.map(better))] : []),
    part("steps"),
    stepList(voice, debrief),
    ...habits(),
    tries,
  );

  function part(key, tag = "h5") {
    const heading = make(tag, tag === "h4" ? "cs-part" : "cs-rp-part");
    voice.onDraw(() => (heading.textContent = voice.say(key)));
    return heading;
  }
  function saying(cls, words, tag = "p") {
    const line = make(tag, cls);
    voice.onDraw(() => (line.textContent = words()));
    return line;
  }
  function lead() {
    return saying("cs-rp-lead", () =>
      voice.say("lead", { end: voice.say(outcomeKey(debrief.end)), turns: debrief.steps.length, minutes: debrief.minutes }),
    );
  }
  function order() {
    const rows = debrief.moments.map((moment, n) => {
      const sign = make("span", `cs-rp-sign cs-${moment.ok ? "earned" : "fault"}`, { "aria-hidden": "true" }, moment.ok ? "✓" : "✗");
      const why = make("span", "");
      voice.onDraw(() => {
        const at = moment.turn ? voice.say("at_turn", { n: moment.turn }) : "";
        why.replaceChildren(make("strong", "", {}, `${n + 1}. ${voice.pick(moment.name)}`), at && ` ${at}`, moment.why ? make("span", "cs-rp-why-not", {}, voice.pick(moment.why)) : "");
      });
      return make("li", "", {}, sign, why);
    });
    return make("div", "", {}, part("order"), make("ol", "cs-rp-order", {}, ...rows));
  }
  function mind() {
    const fate = () => {
      if (debrief.met) return voice.say("need_met", { n: debrief.met });
      return debrief.unlocked ? voice.say("need_heard", { n: debrief.unlocked }) : voice.say("need_hidden");
    };
    const row = (key, words, cls = "") => {
      const term = make("span", "cs-quiet");
      voice.onDraw(() => (term.textContent = voice.say(key)));
      return make("li", cls, {}, term, make("span", "", { lang: "zh-CN" }, words));
    };
    const list = make("ul", "cs-rp-mind", {}, row("wish", debrief.wish), row("stake", debrief.stake), row("need", debrief.hidden_need, "cs-rp-need"));
    const told = saying(`cs-rp-fate ${debrief.met ? "cs-earned" : "cs-fault"}`, fate);
    const unasked = debrief.facts.filter((fact) => !fact.turn).map((fact) => fact.words);
    const untold = debrief.desk.filter((row) => !row.turn).map((row) => `${row.label}：${row.words}`);
    return make("div", "", {}, part("mind"), list, told, folded("unasked", unasked), folded("untold", untold));
  }
  // A list that is there for whoever looks for it.
  function folded(key, rows) {
    const summary = make("summary", "");
    voice.onDraw(() => (summary.textContent = voice.say(key, { n: rows.length })));
    const node = make("details", "cs-rp-fold", {}, summary, make("ul", "", { lang: "zh-CN" }, ...rows.map((text) => make("li", "", {}, text))));
    node.hidden = !rows.length;
    return node;
  }
  function better(row) {
    const levels = (mood) => FEELINGS.map((f) => `${voice.say(`feeling_${f}`)} ${Math.round(row.before[f])}→${Math.round(mood[f])}`).join(voice.say("comma"));
    const own = debrief.steps[row.turn - 1];
    const card = make("div", "cs-rp-card");
    voice.onDraw(() => {
      const said = own.waited === null ? own.reply : voice.say("waited", { span: voice.say("minutes", { n: own.waited }) });
      const yours = [
        make("p", "cs-label", {}, voice.say("your_words", { n: row.turn })),
        make("p", "cs-rp-quote", { lang: "zh-CN" }, said),
        make("p", "cs-rp-effect cs-fault", {}, row.why.map((why) => voice.pick(why)).join(voice.say("comma"))),
        make("p", "cs-quiet", {}, levels(row.after)),
      ];
      const advice = row.advice.map((one) => make("p", "", {}, voice.pick(one)));
      const model = row.words
        ? [
            make("p", "cs-label", {}, voice.say("better_words")),
            make("p", "cs-rp-quote cs-rp-model", { lang: "zh-CN" }, row.words),
            make("p", "cs-rp-effect cs-earned", {}, voice.say("better_then")),
            make("p", "cs-quiet", { lang: "zh-CN" }, row.customer),
            make("p", "cs-quiet", {}, levels(row.mood)),
          ]
        : [];
      card.replaceChildren(make("div", "", {}, ...yours, ...advice), ...(model.length ? [make("div", "", {}, ...model)] : []));
    });
    return card;
  }
  // How the trainee worked: looked up, paused, asked for hints, opened a ticket, promised.
  function habits() {
    const told = make("ul", "cs-rp-habits");
    voice.onDraw(() => {
      const first = extra.looks.length ? extra.looks[0].at + 1 : 0;
      const rows = [first ? voice.say("looked", { n: extra.looks.length, first }) : voice.say("looked_not")];
      if (extra.pauses.length) rows.push(voice.say("paused", { n: extra.pauses.length }));
      if (extra.hints.length) rows.push(voice.say("hinted", { n: extra.hints.length }));
      for (const p of debrief.promises) rows.push(voice.say(`promise_${p.fate}`, { words: p.words, due: voice.pick(p.due) }));
      if (extra.ticket) rows.push(found.lacking.length ? `${voice.say("ticket_lacks")}${found.lacking.map((one) => voice.pick(one)).join(" ")}` : voice.say("ticket_good"));
      else rows.push(voice.say("ticket_not"));
      told.replaceChildren(...rows.map((text) => make("li", "", {}, text)));
    });
    return [part("habits"), told];
  }
  return {
    node,
    // How this try stands beside earlier ones; `rows` as Python counts them, this one last.
    setTries(rows, of) {
      if (rows.length < 2) return;
      const table = make("table", "cs-rp-tries");
      voice.onDraw(() => {
        const cells = (tag, texts) => make("tr", "", {}, ...texts.map((text) => (text instanceof Node ? make(tag, "", {}, text) : make(tag, "", {}, String(text)))));
        const head = cells("th", ["try", "try_end", "try_turns", "try_bad", "try_trust", "try_used"].map((key) => voice.say(key)).concat(""));
        const bad = (mood) => Math.max(mood.anger, mood.anxiety, mood.disappointment);
        const body = rows.map((row, n) => {
          const name = n === rows.length - 1 ? voice.say("try_now") : String(n + 1);
          const take = n === rows.length - 1 ? "" : button("cs-link", {}, voice.say("try_take"));
          if (take) take.addEventListener("click", () => on.take(n));
          return cells("td", [name, voice.say(outcomeKey(row.end)), row.turns, `${bad(row.from)} → ${bad(row.to)}`, `${row.from.trust} → ${row.to.trust}`, `${row.used} / ${of}`, take]);
        });
        table.replaceChildren(make("thead", "", {}, head), make("tbody", "", {}, ...body));
      });
      tries.replaceChildren(part("tries"), make("div", "cs-rp-scroll", {}, table));
    },
  };
}
