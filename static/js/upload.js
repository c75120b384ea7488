/** Packs a dropped folder as a tar.gz in the browser and sends a publication with progress. Loaded by marketplace.js. */

const TEXT = new TextEncoder();
const BLOCK = 512;

/** A ustar header; names that do not fit are written in a pax record before it. */
function header(name, size, type) {
  const block = new Uint8Array(BLOCK);
  const put = (text, at, length) => block.set(TEXT.encode(text).subarray(0, length), at);
  const octal = (value, at, length) => put(`${value.toString(8).padStart(length - 1, "0")}\0`, at, length);
  put(name, 0, 100);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size > 0o77777777777 ? 0 : size, 124, 12);
  octal(0, 136, 12);
  put("        ", 148, 8);
  put(type, 156, 1);
  put("ustar\0" + "00", 257, 8);
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

const padding = (size) => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

function paxRecord(key, value) {
  const body = ` ${key}=${value}\n`;
  const length = TEXT.encode(body).length;
  let total = length + String(length).length;
  if (String(total).length > String(length).length) total = length + String(total).length;
  return TEXT.encode(total + body);
}

function parts(path, file) {
  const fits = TEXT.encode(path).length <= 100 && file.size <= 0o77777777777;
  const pax = new Blob([
    paxRecord("path", path),
    file.size > 0o77777777777 ? paxRecord("size", String(file.size)) : "",
  ]);
  return [
    ...(fits ? [] : [header("pax", pax.size, "x"), pax, padding(pax.size)]),
    header(path, file.size, "0"),
    file,
    padding(file.size),
  ];
}

/** @param {{path: string, file: File}[]} files */
async function pack(files) {
  const tar = new Blob([...files.flatMap(({ path, file }) => parts(path, file)), new Uint8Array(2 * BLOCK)]);
  const packed = await new Response(tar.stream().pipeThrough(new CompressionStream("gzip"))).blob();
  return new File([packed], "package.tar.gz", { type: "application/gzip" });
}

const LEFT_AT_HOME = new Set([".git", "node_modules"]);

/** Every file below a dropped folder, one more than `most` at the utmost. */
async function filesOf(folder, path, found, most) {
  const reader = folder.createReader();
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0 || found.length > most) return found;
    for (const child of batch) {
      if (child.isFile) {
        const file = await new Promise((resolve, reject) => child.file(resolve, reject));
        found.push({ path: path + child.name, file });
      } else if (!LEFT_AT_HOME.has(child.name)) await filesOf(child, `${path}${child.name}/`, found, most);
    }
  }
}

const slugOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-+|-+$/g, "");

/** Name and version as the files give them, for fields that are still empty. */
async function guess(files, folder) {
  const read = async (path) => {
    const hit = files.find((f) => f.path === path);
    return hit && hit.file.size < 262144 ? hit.file.text() : "";
  };
  const json = async (path) => {
    try {
      return JSON.parse(await read(path)) ?? {};
    } catch {
      return {};
    }
  };
  const manifest = { ...(await json("server.json")), ...(await json(".claude-plugin/plugin.json")) };
  const skill = /^---\r?\n([\s\S]*?)\r?\n---/.exec(await read("SKILL.md"))?.[1] ?? "";
  const key = (name) => new RegExp(`^\\s*${name}:\\s*["']?([^"'\\n]+)`, "m").exec(skill)?.[1]?.trim();
  const name = String(manifest.name ?? key("name") ?? folder).split("/").pop() ?? "";
  return { slug: slugOf(name), version: String(manifest.version ?? key("version") ?? "") };
}

const size = (bytes) => {
  const units = ["bytes", "kB", "MB", "GB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < 3) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

const duration = (seconds) =>
  seconds < 60 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;

/** Sends with progress. With a name and a version it is the API's one-call publish; else the form as it stands. */
function send(form, file, csrf, ui) {
  const value = (name) => form.elements.namedItem(name)?.value.trim() ?? "";
  const [namespace, slug, version] = [value("namespace"), value("slug"), value("version")];
  const direct = slug !== "" && version !== "";
  const request = new XMLHttpRequest();
  if (direct) {
    const query = new URLSearchParams();
    for (const name of ["visibility", "channel", "changelog"]) if (value(name) !== "") query.set(name, value(name));
    const path = [namespace, slug].map(encodeURIComponent).join("/");
    request.open("PUT", `/api/v1/assets/${path}/versions/${encodeURIComponent(version)}?${query}`);
    request.setRequestHeader("Content-Type", /\.zip$/i.test(file.name) ? "application/zip" : "application/gzip");
  } else request.open("POST", form.action);
  request.setRequestHeader("X-CSRF-Token", csrf);
  const body = direct ? file : new FormData(form);
  if (!direct) body.set("file", file, file.name);

  const started = performance.now();
  request.upload.onprogress = (event) => {
    const seconds = (performance.now() - started) / 1000;
    const speed = event.loaded / Math.max(seconds, 0.001);
    const left = speed > 0 ? (event.total - event.loaded) / speed : 0;
    ui.progress(
      event.total > 0 ? (100 * event.loaded) / event.total : 0,
      event.loaded >= event.total
        ? `${size(event.total)} sent. The server is checking the files.`
        : `${size(event.loaded)} of ${size(event.total)}, ${size(speed)} a second, ${duration(left)} left`,
    );
  };
  request.onerror = () => ui.failed("The connection broke before everything was sent. Nothing was published; try again.");
  request.onabort = () => ui.failed("Cancelled. Nothing was published.");
  request.onload = () => {
    const done = request.status >= 200 && request.status < 300;
    if (done && direct) location.assign(`/publish/${[namespace, slug, version].map(encodeURIComponent).join("/")}`);
    else if (done && new URL(request.responseURL).pathname !== "/publish") location.assign(request.responseURL);
    else ui.failed(reasonOf(request));
  };
  request.send(body);
  return () => request.abort();
}

/** The server's own words, from the API's JSON or from the page that shows the form again. */
function reasonOf(request) {
  const text = request.responseText;
  try {
    return JSON.parse(text).error.message;
  } catch {
    const page = new DOMParser().parseFromString(text, "text/html");
    const problems = [...page.querySelectorAll(".form-problem, .field-problem, .error .lede")];
    return problems.map((p) => p.textContent.trim()).join(" ") || `The server answered ${request.status}. Try again.`;
  }
}

/** Wires the publish form: drop, choose, send. */
export function wirePublish(form, csrf) {
  const find = (selector) => form.querySelector(selector);
  const drop = find("[data-drop]");
  const input = find("input[type=file]");
  const chosen = find("[data-drop-chosen]");
  const panel = find("[data-upload]");
  const facts = find("[data-upload-facts]");
  const button = find(".button-primary");
  const most = Number(drop.dataset.files);
  let file = null;
  let cancel = null;

  const say = (text) => {
    chosen.textContent = text;
  };
  const fill = ({ slug, version }) => {
    for (const [name, text] of Object.entries({ slug, version })) {
      const field = form.elements.namedItem(name);
      if (field && field.value === "" && text !== "") field.value = text;
    }
  };
  const choose = (archive) => {
    file = archive;
    input.required = false;
    say(`${archive.name}, ${size(archive.size)}`);
  };

  async function dropped(transfer) {
    const entry = transfer.items[0]?.webkitGetAsEntry?.();
    if (!entry?.isDirectory) return transfer.files[0] && choose(transfer.files[0]);
    say("Reading the folder.");
    return chooseFolder(entry.name, await filesOf(entry, "", [], most));
  }

  /** What a folder picker gives has every file with its path, the folder's own name first. */
  const picked = (list) => {
    const files = [...list].map((file) => ({ path: file.webkitRelativePath.split("/").slice(1).join("/"), file }));
    const kept = files.filter(({ path }) => !path.split("/").some((part) => LEFT_AT_HOME.has(part)));
    return chooseFolder(list[0]?.webkitRelativePath.split("/")[0] ?? "", kept);
  };

  async function chooseFolder(name, files) {
    if (files.length > most) return say(`The folder has more than ${most} files, which is more than this server takes.`);
    if (files.length === 0) return say("The folder is empty.");
    fill(await guess(files, name));
    choose(await pack(files));
    say(`${name}/, ${files.length} files, ${size(file.size)} packed`);
  }

  for (const type of ["dragenter", "dragover"])
    drop.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("drop-over");
    });
  for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("drop-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    dropped(event.dataTransfer).catch(() => say("The folder could not be read."));
  });
  input.addEventListener("change", () => input.files[0] && choose(input.files[0]));
  const folder = find("input[webkitdirectory]");
  folder.addEventListener("change", () => picked(folder.files).catch(() => say("The folder could not be read.")));
  find("[data-upload-cancel]").addEventListener("click", () => cancel?.());

  form.addEventListener("submit", (event) => {
    if (file === null) return;
    event.preventDefault();
    if (file.size > Number(drop.dataset.max)) return say(`${size(file.size)} is more than this server takes.`);
    panel.hidden = false;
    button.disabled = true;
    cancel = send(form, file, csrf, {
      progress(share, text) {
        panel.querySelector("progress").value = share;
        facts.textContent = text;
      },
      failed(reason) {
        button.disabled = false;
        facts.textContent = reason;
        facts.setAttribute("role", "alert");
      },
    });
  });
  // From here on files are taken; until then a form without a script would be sent.
  drop.dataset.ready = "";
}
