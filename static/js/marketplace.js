/** What pages gain from a script. Without it every page still works. */

const csrf = document.querySelector("meta[name=csrf-token]")?.content ?? "";
const announce = (text) => {
  const region = document.getElementById("announce");
  if (region) region.textContent = text;
};

/** The clipboard API wants https; an intranet without it still copies through a hidden field. */
async function copy(text) {
  if (window.isSecureContext && navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "hidden-visually";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (button) {
    await copy(button.dataset.copy);
    button.dataset.copied = "";
    announce("Copied");
    setTimeout(() => delete button.dataset.copied, 1500);
  }
  if (event.target.closest?.("[data-shortcuts]")) document.getElementById("shortcuts")?.showModal();
  for (const menu of document.querySelectorAll("details[data-menu][open]"))
    if (!menu.contains(event.target)) menu.open = false;
});

const PLACES = { h: "/", p: "/publish", d: "/dashboard" };
// Long before the page was there: until `g` was pressed the other letters are the page's own.
let goPressed = Number.NEGATIVE_INFINITY;

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape")
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    const field = document.getElementById("search-text") ?? document.getElementById("q");
    field?.focus();
    field?.select();
  } else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
  else if (event.key === "g") goPressed = event.timeStamp;
  else if (event.timeStamp - goPressed < 1000 && PLACES[event.key]) {
    // The same letter alone may mean something on this page.
    event.stopImmediatePropagation();
    location.assign(PLACES[event.key]);
  }
});

/** On a narrow screen the tab one stands on may lie beyond the edge of its bar. */
const tabs = document.querySelector(".tabs");
const hereTab = tabs?.querySelector("[aria-current]");
if (hereTab) tabs.scrollLeft = hereTab.offsetLeft - (tabs.clientWidth - hereTab.offsetWidth) / 2;

/** The client somebody installs with is chosen once and shown first on every asset that has a line for it. */
const CLIENT = "marketplace.client";
const remembered = () => {
  try {
    return localStorage.getItem(CLIENT);
  } catch {
    return null;
  }
};
for (const radio of document.querySelectorAll("[data-remember=client] input[type=radio]")) {
  if (radio.value === remembered()) radio.checked = true;
  radio.addEventListener("change", () => {
    try {
      localStorage.setItem(CLIENT, radio.value);
    } catch {
      // Private windows keep nothing.
    }
  });
}

/** Leaving the search field changes nothing: it was searched while it was typed in. */
document.getElementById("search-text")?.addEventListener("change", (event) => event.stopPropagation());

/** Nothing that comes in later may bring a script along. */
window.htmx?.registerExtension("marketplace", {
  htmx_before_swap(_element, detail) {
    for (const task of detail.tasks ?? [])
      for (const script of task.fragment?.querySelectorAll?.("script") ?? []) script.remove();
  },
});

const publish = document.querySelector("form[data-upload-script]");
if (publish) import(publish.dataset.uploadScript).then(({ wirePublish }) => wirePublish(publish, csrf));

for (const form of document.querySelectorAll("form[data-passkey-script]"))
  import(form.dataset.passkeyScript).then(({ wirePasskey }) => wirePasskey(form, csrf));

const review = document.querySelector("[data-review-script]");
if (review) import(review.dataset.reviewScript).then(({ wireReview }) => wireReview());
