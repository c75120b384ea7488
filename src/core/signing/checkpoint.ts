import { createHash } from "node:crypto";
import { verifyBytes } from "./ed25519.ts";
import type { TreeHash } from "./merkle-tree.ts";

/** The state of a log: how many entries it has, and the root of its tree over them. */
export interface Checkpoint {
  /** How the log calls itself. */
  origin: string;
  size: number;
  root: TreeHash;
}

const MAX_LENGTH = 4096;
const ED25519 = 1;
const NAME = /^[^\s+]{1,200}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A name that may stand in a signed note (without blanks and plus signs): a server's address without its scheme. */
export function originOf(serverName: string): string {
  const name = serverName
    .replace(/^https?:\/\//, "")
    .replace(/\/+$/, "")
    .replace(/[\s+]+/g, "-")
    .slice(0, 200);
  return name === "" ? "marketplace" : name;
}

/** The text that is signed (C2SP tlog-checkpoint): origin, size in decimal, root in base64, a line each. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root, "hex").toString("base64")}\n`;

/** The key id of C2SP signed-note: the first four bytes of SHA-256(name, newline, algorithm, key). */
function keyId(name: string, publicKey: Uint8Array): Buffer {
  const hash = createHash("sha256").update(`${name}\n`);
  return hash
    .update(new Uint8Array([ED25519]))
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

/** The key as tools that verify signed notes want it: `<name>+<key id>+<base64 of algorithm and key>`. */
export const verifierKey = (name: string, publicKey: Uint8Array): string =>
  `${name}+${keyId(name, publicKey).toString("hex")}+${Buffer.concat([new Uint8Array([ED25519]), publicKey]).toString("base64")}`;

/** A checkpoint as a signed note (C2SP signed-note), signed by the origin's key. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  publicKey: Uint8Array,
  sign: (message: Uint8Array) => Promise<Uint8Array>,
): Promise<string> {
  const text = checkpointText(checkpoint);
  const signature = Buffer.concat([keyId(checkpoint.origin, publicKey), await sign(Buffer.from(text))]);
  return `${text}\n— ${checkpoint.origin} ${signature.toString("base64")}\n`;
}

/** Reads a signed note whose checkpoint `publicKey` signed under the origin's name; null for everything else. Never throws. */
export async function readCheckpoint(note: string, publicKey: Uint8Array): Promise<Checkpoint | null> {
  if (note.length > MAX_LENGTH) return null;
  const at = note.lastIndexOf("\n\n");
  const checkpoint = at < 0 ? null : parseText(note.slice(0, at + 1));
  if (!checkpoint) return null;
  const id = keyId(checkpoint.origin, publicKey);
  for (const line of note.slice(at + 2).split("\n")) {
    const [dash, name, base64 = ""] = line.split(" ");
    if (dash !== "—" || name !== checkpoint.origin || !BASE64.test(base64)) continue;
    const signature = Buffer.from(base64, "base64");
    if (!signature.subarray(0, 4).equals(id)) continue;
    if (await verifyBytes(publicKey, Buffer.from(note.slice(0, at + 1)), signature.subarray(4))) return checkpoint;
  }
  return null;
}

function parseText(text: string): Checkpoint | null {
  const [origin = "", size = "", root = ""] = text.split("\n");
  if (!NAME.test(origin) || !/^(0|[1-9]\d{0,14})$/.test(size) || !BASE64.test(root)) return null;
  const bytes = Buffer.from(root, "base64");
  return bytes.length === 32 ? { origin, size: Number(size), root: bytes.toString("hex") } : null;
}
