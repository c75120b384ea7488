/** What stands where a secret would: words of documentation, masks and variables. */
const PLACEHOLDER =
  /example|sample|placeholder|dummy|fake|your[-_]?|my[-_]?(?:api|secret|token|key)|change[-_]?(?:me|this)|insert|replace|redacted|<[^>]{1,40}>|\{\{|\$\{|%\(|x{5,}|\*{3,}|\.{3}|…|0{8,}|1{8,}|a{8,}|1234567|abcdef(?:g|123)|deadbeef|test[-_]?(?:key|token)|todo|foobar|lorem|hunter2|changeme|not[-_]?real|s3cret|p@ssw|secret[-_]?(?:key|here)|password|goes[-_]?here|qwerty|undefined|address|\btest[-_]?\w{0,8}[-_]|[-_]test\b|demo/i;
const COMMON_PASSWORD =
  /^(?:user|pass|admin|root|postgres|guest|test|token|mypass|minio\w{0,8}|pw|\w{0,6}pass\w{0,4})\d{0,4}$/i;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HASH_LENGTHS = [32, 40, 56, 64, 96, 128];

/** Names of what is long and random and no secret. */
const HARMLESS_NAME =
  /public|primary|foreign|cache|sort|partition|object|index|lookup|hash|sha\d|md5|digest|checksum|integrity|commit|etag|nonce|csrf|cursor|next|page|keyword|keyboard|hotkey|shortcut|monkey|turkey|translation|i18n|storage[-_]?key|query[-_]?key|site[-_]?key|token[-_]?(?:type|id|name|address|mint|url|uri|endpoint)|key[-_]?(?:id|name|path|file|type)|secret[-_]?(?:name|id|arn|ref|path)|publishable|contract|fingerprint/i;

/** Shannon entropy of a text, in bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Runs such as `abcdefgh…` or `12345…`: more than half of the characters follow their neighbour. */
function isSequence(value: string): boolean {
  let steps = 0;
  for (let i = 1; i < value.length; i++) if (value.charCodeAt(i) - value.charCodeAt(i - 1) === 1) steps++;
  return steps * 2 > value.length;
}

/** A value that somebody wrote to show where a secret belongs. */
export const isPlaceholder = (value: string): boolean =>
  PLACEHOLDER.test(value) || COMMON_PASSWORD.test(value) || isSequence(value);

/** Words put together with hyphens, dots, slashes or capitals: a name, a path or a sentence, and nothing random. */
function isWords(value: string): boolean {
  const parts = value.split(/[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])/).filter((part) => part !== "");
  return parts.every(
    (part) => /^(?:[A-Za-z]?[a-z]{0,14}\d{0,2}|[A-Z]{1,12}\d{0,2}|v?\d{1,4})$/.test(part) && /^\D*\d{0,4}$/.test(part),
  );
}

/**
 * Whether a value that is assigned to `name` is random enough to be a secret: letters and digits mixed, of high entropy, and
 * neither an UUID, a hash, a path, an address nor words.
 */
export function isRandomSecret(name: string, value: string, line: string): boolean {
  if (HARMLESS_NAME.test(name) || UUID.test(value) || isPlaceholder(value)) return false;
  if (/example|sample|dummy|fake|placeholder|fixture|mock|sha\d{3}|checksum|commit/i.test(line)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || /^(?:https?:|\/|\.\/|[A-Z]:\\|data:)/i.test(value)) return false;
  const hex = /^[0-9a-f]+$/i.test(value);
  if (hex && HASH_LENGTHS.includes(value.length) && !/secret|token|passw|api/i.test(name)) return false;
  if (isWords(value)) return false;
  return entropyOf(value) >= (hex ? 3 : Math.min(4, 3 + value.length / 60));
}

/** A host that nobody else reaches or that documentation uses, in front of which a password opens nothing. */
export const isLocalHost = (host: string): boolean =>
  !host.includes(".") ||
  /^(?:127\.|0\.0\.0\.0|10\.|192\.168\.)|(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|local)$/i.test(
    host,
  );
