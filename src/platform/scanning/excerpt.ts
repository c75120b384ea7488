const WIDTH = 200;
const LEAD = 40;
const LONG_TOKEN = /[A-Za-z0-9+/_=-]{28,4096}/g;
const NAMED_SECRET =
  /\b(password|passwd|secret|token|api[_-]?key)(["']?\s{0,3}[:=]\s{0,3}["']?)(?![^\s"']{0,4}…\()([^\s"']{6,200})/gi;
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u17b4\u17b5]|\u034f|[\ufe00-\ufe0f]|[\u180b-\u180f]|[\u{e0100}-\u{e01ef}]/gu;

/** Keeps the first four characters, so that an owner recognises the secret and a reader cannot use it. */
export const maskSecret = (secret: string): string => `${secret.slice(0, 4)}…(${secret.length} characters)`;

/** Control and invisible characters as `<U+200B>`, line ends and tabs as a space. */
export const makeVisible = (text: string): string =>
  text.replace(UNSEEN, (char) =>
    char === "\n" || char === "\r" || char === "\t"
      ? " "
      : `<U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}>`,
  );

/** At most 200 characters around `start`–`end`, one line, control characters visible, whatever looks secret masked. */
export function excerptOf(text: string, start: number, end: number): string {
  let from = Math.max(0, start - LEAD);
  const lineStart = text.lastIndexOf("\n", start) + 1;
  if (lineStart > from) from = lineStart;
  const wanted = text.slice(from, Math.min(text.length, Math.max(end, from + WIDTH), from + 2 * WIDTH));
  const masked = wanted
    .replace(NAMED_SECRET, (_all, name: string, between: string, value: string) => name + between + maskSecret(value))
    .replace(LONG_TOKEN, (token) => (/\d/.test(token) ? maskSecret(token) : token));
  const visible = [...makeVisible(masked).replace(/ {2,}/g, " ").trim()];
  return visible.length <= WIDTH ? visible.join("") : `${visible.slice(0, WIDTH - 1).join("")}…`;
}
