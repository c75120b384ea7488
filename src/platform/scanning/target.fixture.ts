import { sha256 } from "../../core/digest.ts";
import type { Kind } from "../../core/kind.ts";
import type { Finding, Scanner, ScanTarget } from "./scanner.ts";

/** A version that lies in memory. */
export function targetOf(
  files: Record<string, string | Uint8Array>,
  facts: { kind?: Kind; license?: string | null } = {},
): ScanTarget {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    ]),
  );
  return {
    kind: facts.kind ?? "skill",
    license: facts.license === undefined ? "MIT" : facts.license,
    files: [...contents].map(([path, bytes]) => ({
      path,
      size: bytes.length,
      digest: sha256(bytes),
      mediaType: "application/octet-stream",
      executable: false,
    })),
    async open(file, range) {
      const bytes = contents.get(file.path)!;
      return new Blob([bytes.slice(range?.start ?? 0, range?.end ?? bytes.length) as Uint8Array<ArrayBuffer>]).stream();
    },
  };
}

export const scanWith = (scanner: Scanner, target: ScanTarget): Promise<Finding[]> =>
  scanner.scan(target, new AbortController().signal);

/** `rule-id severity path:line` of each finding, without the scanner's name: what a test compares. */
export const briefly = (findings: readonly Finding[]): string[] =>
  findings.map(({ scanner, ruleId, severity, path, line }) => {
    const place = path === null ? "" : ` ${path}${line === null ? "" : `:${line}`}`;
    return `${ruleId.slice(scanner.length + 1)} ${severity}${place}`;
  });

/** A zip with stored members, made by hand so that tests can break it. */
export function zipOf(members: { name: string; bytes: Uint8Array; encrypted?: boolean; crc?: number }[]): Uint8Array {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, encrypted, crc } of members) {
    const label = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(encrypted ? 1 : 0, 2);
    fields.writeUInt32LE(crc ?? Bun.hash.crc32(bytes), 10);
    fields.writeUInt32LE(bytes.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(label.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, label, bytes]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), fields, place, label]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
