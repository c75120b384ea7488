import MarkdownIt from "markdown-it";
import sanitizeHtml from "sanitize-html";
import { type Fields, isFields, readFrontMatter } from "./package/front-matter.ts";

/** Where a text stands, so that its relative links and images lead to files of its own version. */
export interface MarkdownPlace {
  /** The file's own path in the version: links are relative to its folder. */
  path: string;
  /** The page of another file of the version. */
  fileUrl(path: string): string;
  /** The bytes of another file of the version, for images. */
  rawUrl(path: string): string;
}

export interface RenderedMarkdown {
  /** Safe to put into a page: only the tags and attributes of the allow-list below. */
  html: string;
  frontMatter: [key: string, value: string][];
  /** The text was longer than 512 KiB and was cut there. */
  truncated: boolean;
}

/** In UTF-16 units; what lies behind is not rendered. */
export const MAX_MARKDOWN = 512 * 1024;
const DEEPEST_TAG = 40;
const ID_PREFIX = "readme-";

/** Every attribute that can come out, by tag. The security of the pages rests on this list and on `resolve`. */
const ALLOWED_ATTRIBUTES: Record<string, string[]> = {
  a: ["href", "title", "rel", "id"],
  img: ["src", "alt", "title", "width", "height", "loading"],
  h2: ["id", "align"],
  h3: ["id", "align"],
  h4: ["id", "align"],
  h5: ["id", "align"],
  h6: ["id", "align"],
  p: ["align"],
  div: ["align"],
  th: ["align", "colspan", "rowspan"],
  td: ["align", "colspan", "rowspan"],
  ol: ["start"],
  details: ["open"],
  pre: ["tabindex"],
  table: ["tabindex"],
};

const ALLOWED_TAGS =
  "a abbr b blockquote br caption cite code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split(
    " ",
  );

/**
 * CommonMark and tables as HTML that may stand in a page below an h1: headings one level down, ids prefixed with `readme-`,
 * images from the version's own files alone (others become links), links out with `rel="nofollow ugc noopener"`. It is pure
 * and depends on the text and place alone, so that the answer can be kept by the file's digest.
 */
export function renderMarkdown(text: string, place: MarkdownPlace): RenderedMarkdown {
  const { fields, body } = readFrontMatter(text.slice(0, MAX_MARKDOWN));
  const raw = MARKDOWN.render(body.toWellFormed(), { seen: new Map() });
  return { html: sanitized(raw, place), frontMatter: entriesOf(fields), truncated: text.length > MAX_MARKDOWN };
}

const MARKDOWN = createParser();

function createParser() {
  const md = new MarkdownIt({ html: true, linkify: true, typographer: false });
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  md.renderer.rules.heading_open = (tokens, index, options, env, self) => {
    const { seen } = env as { seen: Map<string, number> };
    const words = tokens[index + 1]?.children?.filter((t) => t.type === "text" || t.type === "code_inline") ?? [];
    const slug = anchorOf(words.map((t) => t.content).join(""));
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    tokens[index]!.attrSet("id", count === 0 ? slug : `${slug}-${count}`);
    return self.renderToken(tokens, index, options);
  };
  for (const rule of ["th_open", "td_open"])
    md.renderer.rules[rule] = (tokens, index, options, _env, self) => {
      const align = /^text-align:(\w+)$/.exec(String(tokens[index]!.attrGet("style")))?.[1];
      tokens[index]!.attrs = align === undefined ? null : [["align", align]];
      return self.renderToken(tokens, index, options);
    };
  md.core.ruler.push("checkboxes", (state) => {
    for (const [i, token] of state.tokens.entries()) {
      const first = token.type === "inline" ? token.children?.[0] : undefined;
      if (first?.type === "text" && state.tokens[i - 2]?.type === "list_item_open")
        first.content = first.content.replace(/^\[ \] /, "☐ ").replace(/^\[[xX]\] /, "☑ ");
    }
  });
  return md;
}

/** A heading's anchor as GitHub makes it, so that a README's own table of contents works. */
const anchorOf = (text: string): string =>
  text
    .slice(0, 100)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replace(/\s/g, "-") || "section";

function sanitized(html: string, place: MarkdownPlace): string {
  let openLinks = 0;
  return sanitizeHtml(html, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: ALLOWED_ATTRIBUTES,
    allowedSchemes: ["http", "https", "mailto"],
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    enforceHtmlBoundary: false,
    nestingLimit: DEEPEST_TAG,
    nonTextTags:
      "script style textarea option noscript template svg math iframe object title xmp noembed noframes".split(" "),
    onOpenTag: (name) => {
      if (name === "a") openLinks += 1;
    },
    onCloseTag: (name) => {
      if (name === "a" && openLinks > 0) openLinks -= 1;
    },
    transformTags: {
      ...HEADINGS,
      a: (_tag, attributes) => ({ tagName: "a", attribs: linkAttributes(attributes, place) }),
      pre: scrollable,
      table: scrollable,
      img: (_tag, attributes) => imageTag(attributes, place, openLinks > 0),
      "*": (tagName, attributes) => ({ tagName, attribs: checked(tagName, attributes) }),
    },
  });
}

const HEADINGS = Object.fromEntries(
  [1, 2, 3, 4, 5].map((level) => [
    `h${level}`,
    (_tag: string, attribs: sanitizeHtml.Attributes) => ({ tagName: `h${level + 1}`, attribs }),
  ]),
);

/** What may be wider than the page scrolls, and must be reachable by keyboard then (WCAG 2.1.1). */
const scrollable = (tagName: string): sanitizeHtml.Tag => ({ tagName, attribs: { tabindex: "0" } });

const WHOLE_NUMBER = /^\d{1,4}$/;
const FORMS: Record<string, (value: string) => boolean> = {
  align: (value) => ["left", "center", "right"].includes(value),
  colspan: (value) => WHOLE_NUMBER.test(value),
  rowspan: (value) => WHOLE_NUMBER.test(value),
  start: (value) => WHOLE_NUMBER.test(value),
  width: (value) => WHOLE_NUMBER.test(value),
  height: (value) => WHOLE_NUMBER.test(value),
};

/** What is left of a tag's attributes: those of the list whose value has the form it should have. */
function checked(tag: string, attributes: sanitizeHtml.Attributes): sanitizeHtml.Attributes {
  const kept: sanitizeHtml.Attributes = {};
  for (const name of Object.hasOwn(ALLOWED_ATTRIBUTES, tag) ? ALLOWED_ATTRIBUTES[tag]! : []) {
    const value = attributes[name];
    if (value !== undefined && (FORMS[name]?.(value) ?? true)) kept[name] = value;
  }
  if (kept.id !== undefined) kept.id = prefixed(kept.id);
  return kept;
}

const prefixed = (id: string): string =>
  id.startsWith(ID_PREFIX) ? id : `${ID_PREFIX}${id.slice(0, 120).replace(/\s+/g, "-")}`;

function linkAttributes(attributes: sanitizeHtml.Attributes, place: MarkdownPlace): sanitizeHtml.Attributes {
  const kept: sanitizeHtml.Attributes = {};
  const id = attributes.id ?? attributes.name;
  if (id) kept.id = id;
  if (attributes.title) kept.title = attributes.title;
  const target = resolve(attributes.href ?? "", place.path);
  if (target?.kind === "anchor") kept.href = `#${prefixed(target.id)}`;
  if (target?.kind === "own") kept.href = place.fileUrl(target.path) + target.hash;
  if (target?.kind === "elsewhere") {
    kept.href = target.url;
    kept.rel = "nofollow ugc noopener";
  }
  return kept;
}

/** An own image stays one; any other becomes a link to it, or its words where it stands in a link already. */
function imageTag(attributes: sanitizeHtml.Attributes, place: MarkdownPlace, inLink: boolean): sanitizeHtml.Tag {
  const target = resolve(attributes.src ?? "", place.path);
  const alt = attributes.alt ?? "";
  if (target?.kind === "own") {
    const { title, width, height } = attributes;
    const attribs: sanitizeHtml.Attributes = { src: place.rawUrl(target.path), alt, loading: "lazy" };
    for (const [name, value] of Object.entries({ title, width, height })) if (value) attribs[name] = value;
    return { tagName: "img", attribs };
  }
  if (target?.kind === "elsewhere" && !inLink)
    return {
      tagName: "a",
      attribs: { href: target.url, rel: "nofollow ugc noopener" },
      text: alt || "image",
    };
  return { tagName: "span", attribs: {}, text: alt };
}

type Target =
  | { kind: "anchor"; id: string }
  | { kind: "own"; path: string; hash: string }
  | { kind: "elsewhere"; url: string };

/** Where an address leads: null for whatever is neither http, https, mailto, an anchor nor a path inside the version. */
function resolve(address: string, from: string): Target | null {
  const text = address.trim();
  if (text === "" || text.length > 2_048 || text.startsWith("//") || text.includes("\\")) return null;
  if (text.startsWith("#")) return text.length > 1 ? { kind: "anchor", id: decoded(text.slice(1)) } : null;
  if (URL.canParse(text)) {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? { kind: "elsewhere", url: url.href } : null;
  }
  const [, path = "", hash = ""] = /^([^?#]*)(?:\?[^#]*)?(#.*)?$/s.exec(text) ?? [];
  const inside = pathInside(decoded(path), from);
  return inside === null ? null : { kind: "own", path: inside, hash: hash === "" ? "" : `#${prefixed(hash.slice(1))}` };
}

/** A path of the version, from a relative one; one that begins with `/` starts at the version's root. */
function pathInside(path: string, from: string): string | null {
  const parts = path.startsWith("/") ? [] : from.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? null : parts.join("/");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const MOST_ENTRIES = 24;
const LONGEST_VALUE = 1_000;

/** Front matter as a small table: lists joined by commas, one level of nesting as `key.sub`. */
function entriesOf(fields: Fields): [string, string][] {
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (isFields(value))
      for (const [sub, inner] of Object.entries(value)) entries.push([`${key}.${sub}`, plain(inner)]);
    else entries.push([key, plain(value)]);
  }
  return entries
    .filter(([, value]) => value !== "")
    .slice(0, MOST_ENTRIES)
    .map(([key, value]) => [cut(key, 80), cut(value, LONGEST_VALUE)]);
}

const plain = (value: unknown): string => {
  if (Array.isArray(value)) return value.slice(0, 100).map(plain).join(", ");
  if (isFields(value)) return Object.keys(value).slice(0, 100).join(", ");
  return value === null || value === undefined ? "" : String(value);
};

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);
