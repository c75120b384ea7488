/** A value as it may stand in a filter: what would mean something there is written in hexadecimal (RFC 4515 3). */
export const escapeFilterValue = (value: string): string =>
  value.replace(/[*()\\\u0000]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, "0")}`);

/** Puts values into a filter of the configuration, each escaped; a value that holds a placeholder stays as it is. */
export const fillFilter = (template: string, values: { username: string; dn?: string }): string =>
  template.replace(/\{(username|dn)\}/g, (_, name: "username" | "dn") => escapeFilterValue(values[name] ?? ""));
