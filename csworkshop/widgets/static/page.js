// Pieces to build a page with: elements, icons, notices, and the one quiet voice for screen readers.

// An element with attributes and children. Text goes in as text nodes only: what a trainee typed is never markup.
export function make(tag, cls, attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function button(cls, attributes, ...children) {
  return make("button", cls, { type: "button", ...attributes }, ...children);
}

// Icons are drawn, so that they need no emoji font. All in a box of 16, strokes in the text's colour.
const ICONS = {
  chat: "M2.5 3.5h11v7.5h-6l-3 2.7v-2.7h-2z",
  phone: "M4 2.5h2l1.2 3-1.5 1.2a8 8 0 0 0 3.6 3.6l1.2-1.5 3 1.2v2c0 .8-.6 1.5-1.4 1.5C6.9 13.5 2.5 9.1 2.5 3.9 2.5 3.1 3.2 2.5 4 2.5z",
  email: "M2 4h12v8.5H2z M2.3 4.3 8 8.8l5.7-4.5",
  review: "M8 2.2l1.8 3.7 4 .5-2.9 2.8.7 4L8 11.3l-3.6 1.9.7-4L2.2 6.4l4-.5z",
  earned: "M3 8.6l3.3 3.2L13 4.7",
  unsure: "M5.6 6.1a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.2.9-1.2 1.7 M8 12.6v.2",
  missing: "M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z",
  partly: "M8 3.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z M8 3.2v9.6",
  clean: "M4.5 8h7",
  fault: "M4.2 4.2l7.6 7.6 M11.8 4.2l-7.6 7.6",
  critical: "M8 2.5v7 M8 12.6v.3",
  chevron: "M6 4l4 4-4 4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `cs-icon cs-icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// The interface's words in the language of the moment. Whatever shows words registers a `draw` to be called again.
export function speaker(model) {
  const drawings = [];
  const words = model.get("words");
  const self = {
    get lang() {
      return model.get("lang") === "en" ? "en" : "zh";
    },
    say: (key, values = {}) => words[self.lang][key].replace(/\{(\w+)(?::g)?\}/g, (_, name) => values[name]),
    pick: (both) => both[self.lang],
    onDraw(draw) {
      drawings.push(draw);
      draw();
    },
    redraw: () => drawings.forEach((draw) => draw()),
  };
  return self;
}

// Notices above the editor, one of each kind. `text` is called anew when the language changes.
export function notices(voice) {
  const node = make("div", "cs-notices");
  const shown = new Map();
  function draw() {
    const rows = [...shown].map(([kind, { tone, text, quote, actions = [] }]) => {
      const row = make("div", `cs-notice cs-notice-${tone}`, { role: tone === "alarm" ? "alert" : "status" });
      row.append(make("p", "", {}, text()));
      if (quote) row.append(make("blockquote", "", {}, quote));
      if (actions.length) row.append(make("div", "cs-actions", {}, ...actions.map((_, n) => offer(kind, n))));
      return row;
    });
    node.replaceChildren(...rows);
  }
  function offer(kind, n) {
    const choice = button("cs-button", {}, voice.say(shown.get(kind).actions[n][0]));
    choice.addEventListener("click", () => shown.get(kind).actions[n][1]());
    return choice;
  }
  voice.onDraw(draw);
  return {
    node,
    show(kind, notice) {
      const now = shown.get(kind);
      shown.set(kind, notice); // its actions may be about newer words
      if (!now || now.text() !== notice.text() || now.quote !== notice.quote) draw(); // else it would be read out again
    },
    hide(...kinds) {
      const gone = kinds.filter((kind) => shown.delete(kind));
      if (gone.length) draw();
    },
  };
}

// Speaks when typing has paused, and only if there is something new to say.
export function announcer() {
  const node = make("div", "cs-hidden", { role: "status", "aria-live": "polite" });
  let timer = 0;
  return {
    node,
    say(text) {
      clearTimeout(timer);
      timer = setTimeout(() => node.textContent !== text && (node.textContent = text), 1500);
    },
    stop: () => clearTimeout(timer),
  };
}
