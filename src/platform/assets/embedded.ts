import { readFileSync } from "node:fs";
import htmx from "../../../node_modules/htmx.org/dist/htmx.min.js" with { type: "text" };
import tokens from "../../../static/css/1-tokens.css" with { type: "text" };
import base from "../../../static/css/2-base.css" with { type: "text" };
import layout from "../../../static/css/3-layout.css" with { type: "text" };
import components from "../../../static/css/4-components.css" with { type: "text" };
import pages from "../../../static/css/5-pages.css" with { type: "text" };
import states from "../../../static/css/6-states.css" with { type: "text" };
import favicon from "../../../static/favicon.svg" with { type: "text" };
import body from "../../../static/fonts/body.woff2" with { type: "file" };
import marketplace from "../../../static/js/marketplace.js" with { type: "text" };
import passkeys from "../../../static/js/passkeys.js" with { type: "text" };
import review from "../../../static/js/review.js" with { type: "text" };
import upload from "../../../static/js/upload.js" with { type: "text" };

export interface EmbeddedFile {
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}

const SCRIPT = "text/javascript; charset=utf-8";
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Every static file of the pages, from the executable or the source tree. Style sheets are one, in the order of their layers. */
export const embeddedFiles = (): EmbeddedFile[] => [
  { name: "body.woff2", mediaType: "font/woff2", bytes: new Uint8Array(readFileSync(body)) },
  {
    name: "app.css",
    mediaType: "text/css; charset=utf-8",
    bytes: encoded([tokens, base, layout, components, pages, states].join("\n")),
  },
  { name: "htmx.js", mediaType: SCRIPT, bytes: encoded(htmx) },
  { name: "marketplace.js", mediaType: SCRIPT, bytes: encoded(marketplace) },
  { name: "passkeys.js", mediaType: SCRIPT, bytes: encoded(passkeys) },
  { name: "review.js", mediaType: SCRIPT, bytes: encoded(review) },
  { name: "upload.js", mediaType: SCRIPT, bytes: encoded(upload) },
  { name: "favicon.svg", mediaType: "image/svg+xml", bytes: encoded(favicon) },
];
