import { type Entries, type Key, type Section, variableOf } from "./key.ts";
import { OTHER_VARIABLES } from "./environment.ts";
import { tomlValue } from "./print-config.ts";
import { SCHEMA } from "./schema.ts";

interface PlacedSection {
  /** `oidc.<name>` where the name is chosen. */
  path: string;
  /** Its header in the sample file; one of a chosen name is commented out like a key. */
  sample: string;
  doc: string;
  keys: [string, Key<unknown>][];
}

function sectionsOf(entries: Entries, path: string[] = []): PlacedSection[] {
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (entry.node === "key") return [];
    const here = [...path, name];
    const keys = Object.entries((entry as Section).entries).filter(
      (member): member is [string, Key<unknown>] => member[1].node === "key",
    );
    const at = here.join(".");
    if (entry.node === "named")
      return [{ path: `${at}.<name>`, sample: `#[${at}.${entry.example}]`, doc: entry.doc, keys }];
    return [{ path: at, sample: `[${at}]`, doc: entry.doc, keys }, ...sectionsOf(entry.entries, here)];
  });
}

const INTRODUCTION = `# Configuration

<!-- Made by \`bun run src/config/generate-docs.ts\` from src/config/schema.ts; changes belong there. -->

The server runs without any configuration. What should differ from the defaults stands in one TOML file, \`marketplace.toml\`:
the one that \`--config\` (or \`MARKETPLACE_CONFIG\`) names, else the first that is found in the working folder, in the data
folder, in the folder around it, or in \`/etc/marketplace/\`. [marketplace.sample.toml](../marketplace.sample.toml) holds every
key with its default.

- Every key is also an environment variable, \`MARKETPLACE_<SECTION>_<KEY>\`, which wins over the file. Lists are written with
  commas between their parts, tables as \`name=value\` with commas between them. Flags (\`--data\`, \`--listen\`) win over both.
- A section with a name of your choice, such as \`[oidc.<name>]\`, can stand there several times. In variables the name's
  hyphens are underscores: \`MARKETPLACE_OIDC_MY_SSO_ISSUER\` sets \`issuer\` in \`[oidc.my-sso]\`.
- A **secret** can also be read from a file: \`<key>_file = "/run/secrets/…"\`, or the variable with \`_FILE\` at its end.
- A **size** is a whole number of bytes or text such as \`"512 MiB"\` (binary) or \`"2 GB"\` (decimal). A **duration** is text
  such as \`"30d"\`, \`"15m"\` or \`"1h30m"\`, or a whole number of seconds. A relative **path** starts from the working folder.
- An unknown key or \`MARKETPLACE_\` variable, a wrong type or an impossible value stops the start, with file, line and the
  nearest valid key. \`marketplace config check\` says the same without starting; \`marketplace config print\` shows every value
  in force and where it comes from, secrets hidden.
`;

/** docs/configuration.md. */
export function configurationPage(): string {
  const sections = sectionsOf(SCHEMA).map(({ path, doc, keys }) => {
    const rows = keys.map(([name, key]) => {
      const secret = key.secret ? " **Secret.**" : "";
      return `| \`${name}\` | ${key.kind.name} | \`${tomlValue(key.fallback)}\` | ${key.doc}${secret}<br>\`${variableOf(`${path}.${name}`)}\` |`;
    });
    return `## \`[${path}]\`\n\n${doc}\n\n| key | type | default | meaning and variable |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  const others = Object.entries(OTHER_VARIABLES).map(([name, doc]) => `| \`${name}\` | ${doc} |`);
  const tail = `## Other variables\n\n| variable | meaning |\n| --- | --- |\n${others.join("\n")}\n`;
  return [INTRODUCTION, ...sections, tail].join("\n");
}

/** marketplace.sample.toml: every key, commented out, with its default (or an example, where the default is empty). */
export function sampleFile(): string {
  const sections = sectionsOf(SCHEMA).map(({ sample, doc, keys }) => {
    const lines = keys.flatMap(([name, key]) => [
      "",
      ...wrap(key.doc.replaceAll("`", "")),
      ...(key.secret ? [`# A secret: ${name}_file = "/run/secrets/…" reads it from a file.`] : []),
      `#${name} = ${tomlValue(key.example ?? key.fallback)}`,
    ]);
    return [...wrap(doc.replaceAll("`", "")), sample, ...lines].join("\n");
  });
  const head =
    "# Configuration of marketplace. Every key stands here with its default or an example; take away the # to set it.\n# docs/configuration.md explains the types and the variables.";
  return `${[head, ...sections].join("\n\n")}\n`;
}

const WIDTH = 118;

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = "#";
  for (const word of text.split(" ")) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = "#";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
