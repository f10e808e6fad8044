// Under an item of a graded scorecard: a trainee may say that it was judged wrongly, and why. The words go into the
// answer file and travel with it to the instructor; they change no mark.
import { button, make } from "./page.js";

const LONGEST = 500;
const COSTLY = ["missing", "unsure", "fault", "critical"];

// `send(item, reason)`; an empty reason takes the dispute back.
export function objection(voice, item, name, send) {
  const open = button("cs-link");
  const said = make("p", "cs-objection");
  const area = make("textarea", "cs-objecting", { rows: 3, maxlength: LONGEST, autocomplete: "off" });
  const ok = button("cs-button");
  const cancel = button("cs-link");
  const form = make("div", "cs-object-form", {}, area, make("div", "cs-actions", {}, ok, cancel));
  const node = make("div", "cs-object", {}, said, open, form);
  let reason = "";
  let writing = false;
  let costly = false;

  function draw() {
    node.hidden = !costly && !reason;
    form.hidden = !writing;
    open.hidden = writing;
    said.hidden = writing || !reason;
    open.textContent = voice.say(reason ? "object_change" : "object");
    open.setAttribute("aria-label", `${open.textContent} ${name()}`);
    said.textContent = reason ? `${voice.say("objected")}${reason}` : "";
    area.placeholder = voice.say("object_why");
    area.setAttribute("aria-label", voice.say("object_why"));
    ok.textContent = voice.say(area.value.trim() || !reason ? "object_send" : "object_take_back");
    ok.disabled = !area.value.trim() && !reason;
    cancel.textContent = voice.say("object_cancel");
  }
  function show(yes) {
    writing = yes;
    if (yes) area.value = reason;
    draw();
    (yes ? area : open).focus();
  }
  open.addEventListener("click", () => show(true));
  cancel.addEventListener("click", () => show(false));
  area.addEventListener("input", draw);
  ok.addEventListener("click", () => {
    send(item, area.value);
    show(false);
  });
  voice.onDraw(draw);
  return {
    node,
    setState(state) {
      costly = COSTLY.includes(state);
      draw();
    },
    setReason(fresh) {
      reason = fresh || "";
      draw();
    },
  };
}
