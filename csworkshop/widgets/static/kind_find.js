// Finding flaws: the reply word by word, a palette of faults, and the marks made so far.
import { lineOf } from "./boards.js";
import { button, make } from "./page.js";
import { customerTurn } from "./talk.js";

export function board(voice, ids, content, on) {
  const { scene, words, palette, count, most } = content.board;
  const text = words.join("");
  const points = Array.from(text).length;
  let made = []; // { start, end, item } in code points, in order
  let marks = null;
  let enabled = false;
  let byKeyboard = false;

  const label = make("p", "cs-label cs-find-head");
  const how = make("p", "cs-quiet cs-find-how", { id: `${ids.board}-how` });
  const sheet = markedText(voice, words, `${ids.board}-how`, { selected, choose });
  const chosen = make("p", "cs-find-chosen", { "aria-live": "polite" });
  const title = make("p", "cs-label", { id: `${ids.board}-names` });
  const names = make("div", "cs-find-names", { role: "group", "aria-labelledby": `${ids.board}-names` });
  const choices = palette.map(({ id, name, means }) => {
    const node = button("cs-find-name", {}, make("strong", ""), make("span", ""));
    node.addEventListener("click", () => add(id));
    names.append(node);
    return { name, means, node };
  });
  const listTitle = make("p", "cs-label", { id: `${ids.board}-made` });
  const list = make("ol", "cs-find-made", { "aria-labelledby": `${ids.board}-made` });
  const reply = make("div", "cs-find-reply", { lang: "zh-CN" }, sheet.node);
  const node = make(
    "div",
    "cs-find",
    {},
    ...customerTurn(voice, scene),
    make("section", "", {}, label, reply, how),
    make("section", "cs-find-naming", {}, chosen, title, names),
    make("section", "", {}, listTitle, list),
  );

  const wordsOf = ({ start, end }) => Array.from(text).slice(start, end).join("");
  const nameOf = (item) => voice.pick(palette.find(({ id }) => id === item).name);

  function selected() {
    drawChosen();
  }
  // Enter in the text: on to the names.
  function choose() {
    if (!sheet.span()) return;
    byKeyboard = true;
    choices[0].node.focus();
  }
  function add(item) {
    const span = sheet.span();
    if (!enabled || !span) return;
    if (made.length >= most) {
      chosen.textContent = voice.say("full");
      return;
    }
    const fresh = { ...span, item };
    const same = (one) => one.start === fresh.start && one.end === fresh.end && one.item === item;
    if (!made.some(same)) changed([...made, fresh].sort(inOrder));
    on.spoken(voice.say("spoken_made", { words: wordsOf(fresh), name: nameOf(item) }));
    sheet.clear();
    if (byKeyboard) sheet.focus();
    byKeyboard = false;
  }
  function remove(n) {
    const gone = made[n];
    const after = made.filter((_, i) => i !== n);
    changed(after);
    on.spoken(voice.say("spoken_removed", { words: wordsOf(gone) }));
    const next = list.querySelectorAll("button")[Math.min(n, after.length - 1)];
    if (next) next.focus();
    else sheet.focus();
  }
  function inOrder(a, b) {
    return a.start - b.start || a.end - b.end || (a.item < b.item ? -1 : 1);
  }
  function changed(next) {
    made = next;
    marks = null;
    draw();
    on.change(made.length ? { marks: made } : {});
  }

  // What became of the n-th mark: the accusations that were wrong are told by number, the others by their words.
  function stateOf(n) {
    if (!marks) return "mine";
    if (lineOf(marks, `false-${n + 1}`)) return "fault";
    const quote = wordsOf(made[n]);
    const line = marks.lines.find(({ item, quotes }) => item.startsWith("flaw-") && quotes.includes(quote));
    return line ? line.state : "mine";
  }
  function drawChosen() {
    const span = sheet.span();
    const quote = span ? [make("q", "", { lang: "zh-CN" }, wordsOf(span))] : [];
    chosen.replaceChildren(voice.say(span ? "chosen" : "chosen_none"), ...quote);
    chosen.classList.toggle("cs-find-some", Boolean(span));
    for (const choice of choices) choice.node.setAttribute("aria-disabled", String(!enabled || !span));
  }
  function row(mark, n) {
    const state = stateOf(n);
    const verdict = { earned: "right", partly: "half", fault: "wrong" }[state];
    const quote = make("q", `cs-words cs-${state}`, { lang: "zh-CN" }, wordsOf(mark));
    const told = make("span", `cs-find-verdict cs-${state}`, {}, verdict ? voice.say(verdict) : "");
    const away = button("cs-button", { "aria-label": voice.say("remove", { words: wordsOf(mark), name: nameOf(mark.item) }) });
    away.append(voice.say("remove_short"));
    away.disabled = !enabled;
    away.addEventListener("click", () => remove(n));
    return make("li", "", {}, make("span", "cs-find-number", {}, String(n + 1)), make("strong", "", {}, nameOf(mark.item)), quote, told, away);
  }
  function draw() {
    label.replaceChildren(voice.say("reply"), ...(count ? [make("span", "", {}, voice.say("count", { n: count }))] : []));
    how.textContent = voice.say("how");
    title.textContent = voice.say("names");
    for (const { name, means, node: choice } of choices) {
      choice.firstChild.textContent = voice.pick(name);
      choice.lastChild.textContent = voice.pick(means);
    }
    listTitle.textContent = made.length ? voice.say("made", { n: made.length }) : voice.say("made_none");
    list.replaceChildren(...made.map(row));
    sheet.paint(made.map((mark, n) => ({ ...mark, state: stateOf(n), tag: nameOf(mark.item) })));
    drawChosen();
  }
  voice.onDraw(draw);
  sheet.label(() => voice.say("text_label", { n: words.length }));
  return {
    node,
    load(value) {
      made = (value.marks || []).filter(({ start, end }) => start >= 0 && end <= points);
      marks = null;
      sheet.clear();
      draw();
    },
    setMarks(found) {
      marks = found;
      draw();
    },
    enable(yes) {
      enabled = yes;
      sheet.enable(yes);
      draw();
    },
    summary(value) {
      const rows = (value.marks || []).map((mark) => `“${wordsOf(mark)}” ${nameOf(mark.item)}`);
      return rows.join("\n") || "—";
    },
    stop: sheet.stop,
  };
}

// The text word by word. A stretch of it is selected by mouse (drag), by touch (first word, last word) or by keyboard
// (arrows, with Shift); marks are painted into it, each with its name above, which is left away where there's no room.
function markedText(voice, words, describedBy, on) {
  const starts = [];
  let length = 0;
  for (const word of words) {
    starts.push(length);
    length += Array.from(word).length;
  }
  const tokens = words.map((word, n) => make("span", "cs-find-word", { "data-n": n }, word));
  const node = make("div", "cs-find-text", { role: "application", tabindex: 0, "aria-describedby": describedBy }, ...tokens);
  let enabled = false;
  let anchor = -1; // where the selection began
  let head = -1; // where it ends, and where the keyboard is
  let some = false;
  let before = null; // while the mouse is down: what was selected until then
  const reader = make("span", "cs-hidden", { "aria-live": "assertive" });
  node.append(reader);

  const bounds = () => [Math.min(anchor, head), Math.max(anchor, head)];
  function select(from, to, isSome = true) {
    [anchor, head, some] = [from, to, isSome];
    const [first, last] = bounds();
    tokens.forEach((token, n) => {
      token.classList.toggle("cs-find-picked", some && n >= first && n <= last);
      token.classList.toggle("cs-find-at", n === head);
    });
    on.selected();
  }
  function clear() {
    select(head, head, false);
  }
  const numberAt = (x, y) => {
    const found = node.getRootNode().elementFromPoint(x, y)?.closest(".cs-find-word");
    return found && node.contains(found) ? Number(found.dataset.n) : -1;
  };

  node.addEventListener("pointerdown", (event) => {
    const n = numberAt(event.clientX, event.clientY);
    if (!enabled || n < 0 || event.button) return;
    before = [anchor, head, some];
    const second = event.shiftKey || (event.pointerType === "touch" && anchor === head);
    select(some && second ? anchor : n, n);
  });
  node.addEventListener("pointermove", (event) => {
    if (!before || event.pointerType === "touch") return; // a finger that moves scrolls the page
    const n = numberAt(event.clientX, event.clientY);
    if (n >= 0 && n !== head) select(anchor, n);
  });
  const released = () => (before = null);
  window.addEventListener("pointerup", released);
  node.addEventListener("pointercancel", () => {
    if (before) select(...before);
    before = null;
  });

  node.addEventListener("keydown", (event) => {
    const last = tokens.length - 1;
    const at = head < 0 ? 0 : head;
    const to = {
      ArrowRight: head < 0 ? 0 : Math.min(at + 1, last),
      ArrowLeft: Math.max(at - 1, 0),
      ArrowDown: beside(at, 1),
      ArrowUp: beside(at, -1),
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined && enabled) {
      select(event.shiftKey && anchor >= 0 ? anchor : to, to);
      const [first, end] = bounds();
      reader.textContent = words.slice(first, end + 1).join("");
    } else if (event.key === "Enter") on.choose();
    else if (event.key === "Escape" && some) clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // The word above or below, by where it stands on the screen.
  function beside(n, step) {
    const here = tokens[n].getBoundingClientRect();
    const rows = tokens.map((token, i) => ({ i, box: token.getBoundingClientRect() }));
    const away = rows.filter(({ box }) => (box.top - here.top) * step > here.height / 2);
    if (!away.length) return step > 0 ? tokens.length - 1 : 0;
    const next = Math.min(...away.map(({ box }) => Math.abs(box.top - here.top)));
    const row = away.filter(({ box }) => Math.abs(box.top - here.top) < next + 4);
    row.sort((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left));
    return row[0].i;
  }

  function paint(marks) {
    tokens.forEach((token, n) => {
      token.replaceChildren(words[n]);
      token.className = token.className.replace(/ ?cs-(mark|mine|earned|partly|fault|find-(first|last|twice))\b/g, "");
      const over = marks.filter(({ start, end }) => start < starts[n] + 1 && end > starts[n]);
      if (!over.length) return;
      const from = marks.filter(({ start }) => start >= starts[n] && start < (starts[n + 1] ?? length));
      token.classList.add("cs-mark", `cs-${over[over.length - 1].state}`);
      token.classList.toggle("cs-find-twice", over.length > 1);
      if (!from.length) return;
      const tag = from.map((mark) => `${marks.indexOf(mark) + 1} ${mark.tag}`).join(" · ");
      token.prepend(make("span", "cs-find-tag", { "aria-hidden": "true", "data-short": tag.split(" ")[0] }, tag));
    });
    fit();
  }
  // Names that would lie over the one before, or over the edge, shrink to their number.
  function fit() {
    const edge = node.getBoundingClientRect().right;
    let last = null;
    for (const tag of node.querySelectorAll(".cs-find-tag")) {
      tag.classList.remove("cs-find-short");
      const box = tag.getBoundingClientRect();
      const covers = last && Math.abs(box.top - last.top) < 4 && box.left < last.right + 4;
      if (covers && last.tag) last.tag.classList.add("cs-find-short");
      if (box.right > edge) tag.classList.add("cs-find-short");
      last = { tag, top: box.top, right: box.right };
    }
  }
  const watch = new ResizeObserver(fit);
  watch.observe(node);
  return {
    node,
    paint,
    clear,
    label: (say) => voice.onDraw(() => node.setAttribute("aria-label", say())),
    focus: () => node.focus(),
    enable(yes) {
      enabled = yes;
      node.classList.toggle("cs-find-off", !yes);
    },
    span() {
      if (!some) return null;
      const [first, last] = bounds();
      return { start: starts[first], end: starts[last + 1] ?? length };
    },
    stop() {
      watch.disconnect();
      window.removeEventListener("pointerup", released);
    },
  };
}
