import type { OutgoingMail } from "./mailer.ts";

/** What is read in a mailbox: the same words twice. */
export interface ComposedMail {
  text: string;
  html: string;
}

/** A mail's readable half as it is kept until it is sent. */
export type MailBody = Pick<OutgoingMail, "paragraphs">;

const URL_ALONE = /^https?:\/\/\S+$/;

/** The address that a mail is about, which an administrator hands over where no mail server does; null when it has none. */
export const linkIn = ({ paragraphs }: MailBody): string | null =>
  paragraphs.find((paragraph) => URL_ALONE.test(paragraph)) ?? null;

/** Text on one line: what is in a header or a heading may not begin another one. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ")
    .trim()
    .slice(0, 200);

/** Plain text and HTML of a mail. Everything in the HTML is escaped; it loads nothing from anywhere. */
export function composeMail(subject: string, body: MailBody, sender: string): ComposedMail {
  const blocks = body.paragraphs.map((text) => (URL_ALONE.test(text) ? button(text) : `<p>${lines(text)}</p>`));
  return {
    text: `${body.paragraphs.join("\n\n")}\n\n-- \n${sender}\n`,
    html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:36em;margin:0 auto">
${blocks.join("\n")}
<p style="font-size:14px;opacity:.7">${escapeHtml(sender)}</p>
</div>
</body></html>
`,
  };
}

/** The address is shown as well, for whom a button tells too little. */
function button(url: string): string {
  const href = escapeHtml(url);
  return `<p><a href="${href}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#3056d3;color:#fff;text-decoration:none">Open the link</a></p>
<p style="font-size:14px;word-break:break-all">${href}</p>`;
}

const lines = (text: string): string => escapeHtml(text).replaceAll("\n", "<br>");

const ENTITIES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES.get(sign) ?? sign);
