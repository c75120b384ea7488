/** What reading a value gave; `at` names the place inside a list or table that is wrong. */
export type Reading<T> = { ok: true; value: T } | { ok: false; problem: string; at?: string };

export const good = <T>(value: T): Reading<T> => ({ ok: true, value });
export const bad = (problem: string, at?: string): Reading<never> => ({ ok: false, problem, at });

/** A kind of value: how it is read, from TOML or from the text of a variable, and how it is written back. */
export interface ValueKind<T> {
  /** For the documentation: "size", "cron expression". */
  name: string;
  /** Checks what TOML says and turns it into what the program uses. */
  read(raw: unknown, context: ReadContext): Reading<T>;
  /** What TOML would have said, from the text of an environment variable or a flag. */
  fromText(text: string): unknown;
  /** Back to what TOML says. */
  show(value: T): unknown;
}

export interface ReadContext {
  /** The folder that relative paths start from: the working folder. */
  cwd: string;
}

/** One key of the configuration. */
export interface Key<T> {
  node: "key";
  kind: ValueKind<T>;
  /** The default as TOML would say it. */
  fallback: unknown;
  /** Sentences for the documentation and the sample file. */
  doc: string;
  /** Hidden by `config print`, and readable from the file that `<key>_file` names. */
  secret: boolean;
  /** A value for the sample file, where the default says little. */
  example?: unknown;
}

export interface Section<E extends Entries = Entries> {
  node: "section";
  doc: string;
  entries: E;
}

/** Sections of one shape whose names the administrator chooses: `[oidc.<name>]`. */
export interface NamedSections<E extends Entries = Entries> {
  node: "named";
  doc: string;
  /** A name for the sample file. */
  example: string;
  entries: E;
}

// biome-ignore lint/suspicious/noExplicitAny: a section holds keys of every type
export type Entries = { [name: string]: Key<any> | Section<any> | NamedSections<any> };

export function key<T>(
  kind: ValueKind<T>,
  fallback: unknown,
  doc: string,
  more: { secret?: boolean; example?: unknown } = {},
): Key<T> {
  return { node: "key", kind, fallback, doc, secret: more.secret ?? false, example: more.example };
}

export const section = <E extends Entries>(doc: string, entries: E): Section<E> => ({ node: "section", doc, entries });

/** Its members are keys alone; see `isSectionName` for the names. */
export const namedSections = <E extends Entries>(doc: string, example: string, entries: E): NamedSections<E> => ({
  node: "named",
  doc,
  example,
  entries,
});

/** Lower case, so that a variable's name leads back to it; it stands in URLs and beside what it granted. */
export const isSectionName = (name: string): boolean =>
  /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name) && name.length <= 32 && name !== "manual" && name !== "scim";

/** `archive_bytes` → `archiveBytes`. */
export type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
export const camel = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The typed configuration that a tree of sections and keys describes. */
export type ValueOf<N> =
  N extends Key<infer T>
    ? T
    : N extends Section<infer E>
      ? { readonly [K in keyof E & string as Camel<K>]: ValueOf<E[K]> }
      : N extends NamedSections<infer E>
        ? Readonly<Record<string, ConfigOf<E>>>
        : never;

export type ConfigOf<E extends Entries> = { readonly [K in keyof E & string as Camel<K>]: ValueOf<E[K]> };

/** A key with its place: `limits.archive_bytes` is section `["limits"]`, name `archive_bytes`. */
export interface PlacedKey {
  section: string[];
  name: string;
  /** `limits.archive_bytes`. */
  path: string;
  /** `MARKETPLACE_LIMITS_ARCHIVE_BYTES`. */
  variable: string;
  key: Key<unknown>;
}

/** Every key of a tree that has a fixed place, in the order in which it is written. */
export function keysOf(entries: Entries, section: string[] = []): PlacedKey[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (entry.node === "named") return [];
    if (entry.node === "section") return keysOf(entry.entries, [...section, name]);
    const path = [...section, name].join(".");
    return [{ section, name, path, variable: variableOf(path), key: entry as Key<unknown> }];
  });
}

/** A place for sections of chosen names: `[oidc.<name>]` is `path` `["oidc"]`. */
export interface PlacedSections {
  path: string[];
  sections: NamedSections;
}

export function namedSectionsOf(entries: Entries, path: string[] = []): PlacedSections[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    const here = [...path, name];
    if (entry.node === "named") return [{ path: here, sections: entry as NamedSections }];
    return entry.node === "section" ? namedSectionsOf(entry.entries, here) : [];
  });
}

/** The keys of one section of a chosen name. */
export const keysNamed = ({ path, sections }: PlacedSections, name: string): PlacedKey[] =>
  keysOf(sections.entries, [...path, name]);

export const variableOf = (path: string): string => `MARKETPLACE_${path.replaceAll(/[.-]/g, "_").toUpperCase()}`;
