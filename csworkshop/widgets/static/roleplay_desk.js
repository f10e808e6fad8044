// The back office beside the talk: tables to look into, words to search for, and the ticket.
import { pressable } from "./boards.js";
import { button, make } from "./page.js";

// `on`: look({table} or {query}), ticket(fields) saves what is in the form.
export function backOffice(voice, ids, tables, on) {
  const title = make("p", "cs-label");
  const query = make("input", "cs-rp-query", { type: "search", autocomplete: "off", maxlength: 40, id: `${ids.board}-query` });
  const form = make("form", "cs-rp-search", { role: "search" }, query, pressable(voice, "look_go", search));
  const picks = tables.map((table) => {
    const node = button("cs-rp-table", {});
    node.addEventListener("click", () => on.look({ table }));
    return { table, node };
  });
  const list = make("ul", "cs-rp-rows", { "aria-live": "polite" });
  const node = make("section", "cs-rp-desk", { role: "group" }, title, make("div", "cs-rp-tables", {}, ...picks.map((p) => p.node)), form, list);
  let found = null;

  form.addEventListener("submit", (event) => (event.preventDefault(), search()));
  function search() {
    const words = query.value.trim();
    if (words) on.look({ query: words });
  }
  function draw() {
    title.textContent = voice.say("desk");
    node.setAttribute("aria-label", voice.say("desk"));
    query.placeholder = voice.say("look_hint");
    query.setAttribute("aria-label", voice.say("look_hint"));
    for (const pick of picks) {
      pick.node.textContent = voice.say(`table_${pick.table}`);
      pick.node.setAttribute("aria-pressed", String(Boolean(found) && found.table === pick.table));
    }
    if (!found) list.replaceChildren(make("li", "cs-quiet", {}, voice.say("desk_hint")));
    else if (!found.rows.length) list.replaceChildren(make("li", "cs-quiet", {}, voice.say("look_none", { query: found.query })));
    else list.replaceChildren(...found.rows.map(({ label, value }) => make("li", "", { lang: "zh-CN" }, make("strong", "cs-label", {}, label), value)));
  }
  voice.onDraw(draw);
  return {
    node,
    show(rows) {
      found = rows;
      draw();
    },
    clear() {
      found = null;
      query.value = "";
      draw();
    },
    enable(yes) {
      query.disabled = !yes;
      form.querySelector("button").disabled = !yes;
      for (const pick of picks) pick.node.disabled = !yes;
    },
  };
}

const TICKET_FIELDS = ["what", "who", "by"];

export function ticketForm(voice, ids, on) {
  const title = make("p", "cs-label");
  const inputs = TICKET_FIELDS.map((key) => {
    const id = `${ids.board}-ticket-${key}`;
    const label = make("label", "", { for: id });
    const input = key === "by" ? make("input", "cs-rp-query", { id, maxlength: 120, autocomplete: "off" }) : make("textarea", "cs-text", { id, rows: 2, maxlength: 300, spellcheck: "false" });
    input.addEventListener("input", () => (note.textContent = ""));
    return { key, label, input, node: make("div", "cs-rp-field", {}, label, input) };
  });
  const save = pressable(voice, "ticket_save", () => {
    const fields = Object.fromEntries(inputs.map(({ key, input }) => [key, input.value.trim()]));
    if (fields.what) on.ticket(fields);
    else inputs[0].input.focus();
  }, "cs-button cs-primary");
  const shut = pressable(voice, "ticket_shut", () => (node.hidden = true, on.shut()));
  const note = make("p", "cs-quiet", { role: "status" });
  const node = make("section", "cs-rp-ticket", { role: "group" }, title, ...inputs.map((one) => one.node), make("div", "cs-actions", {}, save, shut), note);
  node.hidden = true;
  node.addEventListener("keydown", (event) => event.key === "Escape" && shut.click());
  voice.onDraw(() => {
    title.textContent = voice.say("ticket_title");
    node.setAttribute("aria-label", voice.say("ticket_title"));
    for (const { key, label, input } of inputs) {
      label.textContent = voice.say(`ticket_${key}`);
      input.placeholder = voice.say(`example_${key}`);
    }
  });
  return {
    node,
    open() {
      node.hidden = false;
      inputs[0].input.focus();
      node.scrollIntoView({ block: "nearest" });
    },
    set(ticket) {
      for (const { key, input } of inputs) if (document.activeElement !== input) input.value = (ticket && ticket[key]) || "";
    },
    saved: (number) => (note.textContent = voice.say("ticket_saved", { number })),
    enable(yes) {
      for (const { input } of inputs) input.readOnly = !yes;
      save.disabled = !yes;
    },
    shut: () => (node.hidden = true),
  };
}
