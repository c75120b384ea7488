/** Keys of moderators: in the queue (rows) and on the page of a version. Without them everything is reached by Tab. */

const announce = (text) => {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
};

/** Goes from where the focus is to the next (or previous) of some places, without wrapping around. */
function step(places, by) {
  const all = [...places];
  if (all.length === 0) return;
  const here = all.findIndex((place) => place.contains(document.activeElement));
  const before = all.findLastIndex(
    (place) => document.activeElement.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_PRECEDING,
  );
  const from = here >= 0 ? here : by > 0 ? before : before + 1;
  const place = all[Math.max(0, Math.min(all.length - 1, from + by))];
  const closed = place.closest("details:not([open])");
  if (closed && place !== closed) closed.open = true;
  if (place.matches("details")) place.open = true;
  const target = place.matches("details")
    ? place.querySelector("summary")
    : place.matches("[data-row]")
      ? place.querySelector("a")
      : place;
  if (!target.matches("a, button, summary, [tabindex]")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

const findings = () => {
  const beside = document.querySelectorAll("[data-finding]");
  return beside.length > 0 ? beside : document.querySelectorAll(".finding");
};

function claim() {
  const row = document.activeElement?.closest("[data-row]") ?? document;
  row.querySelector("[data-key=c]")?.click();
}

/** Approving wants a second key, because nothing was typed; the others want words first. */
function decide(key) {
  const button = document.querySelector(`[data-decision] [data-key=${key}]`);
  if (!button) return;
  const field = button.form.querySelector("textarea");
  button.form.dataset.chosen = key;
  if (key === "a") {
    button.scrollIntoView({ block: "nearest" });
    button.focus();
    announce("Enter approves");
    return;
  }
  field.scrollIntoView({ block: "nearest" });
  field.focus();
  announce(`${button.textContent.trim()}: write why, Control Enter sends it`);
}

const KEYS = {
  j: () => step(document.querySelectorAll("[data-row]"), 1),
  k: () => step(document.querySelectorAll("[data-row]"), -1),
  n: () => step(findings(), 1),
  p: () => step(findings(), -1),
  d: () => step(document.querySelectorAll("[data-file]"), 1),
  c: claim,
  a: () => decide("a"),
  m: () => decide("m"),
  r: () => decide("r"),
  u: () => document.querySelector("a[data-key=u]")?.click(),
};

export function wireReview() {
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const form = target.closest?.("[data-decision]");
    if (form && target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const button = form.querySelector(`[data-key=${form.dataset.chosen ?? "none"}]`);
      if (button) {
        event.preventDefault();
        form.requestSubmit(button);
      }
      return;
    }
    if (target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
    if (!act) return;
    event.preventDefault();
    act();
  });
}
