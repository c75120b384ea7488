import { createHash, createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Encrypts small secrets for the database (AES-256-GCM, NIST SP 800-38D), so that a copy of it alone opens nothing. */
export interface Sealer {
  /**
   * `place` says where the text belongs, as `<table>:<primary key>` (sealed-columns.ts): sealed text that is moved to
   * another place does not open.
   */
  seal(text: string, place: string): string;
  /** Throws `SealBroken` for text that was changed, cut, moved, or sealed with a key that is not here. */
  open(sealed: string, place: string): string;
  /** Whether a newer key exists than the one this was sealed with. */
  outdated(sealed: string): boolean;
  /** The ids of the keys that are here, the newest first. */
  keyIds: readonly string[];
}

/** Sealed text did not open; the message never holds any of it. */
export class SealBroken extends Error {
  override name = "SealBroken";
}

const FORM = /^s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;
const NONCE = 12;
const TAG = 16;

/** `keys`: 32 bytes each, the newest first; it seals, all of them open. */
export function createSealer(keys: readonly Uint8Array[]): Sealer {
  const known = new Map(keys.map((key) => [keyId(key), key]));
  const [newest] = keys;
  if (!newest || keys.some((key) => key.byteLength !== 32)) throw new Error("a sealing key is 32 bytes");
  const current = keyId(newest);
  return {
    seal(text, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv("aes-256-gcm", newest, nonce).setAAD(Buffer.from(`${current}:${place}`));
      const body = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `s1.${current}.${body.toString("base64url")}`;
    },
    open(sealed, place) {
      const [, id = "", text = ""] = FORM.exec(sealed) ?? [];
      const key = known.get(id);
      const body = Buffer.from(text, "base64url");
      if (!key)
        throw new SealBroken(`a secret at ${place.split(":")[0]} is sealed with a key that this server does not have`);
      // One text for one content: bits that base64url would ignore are a change, too.
      if (body.byteLength < NONCE + TAG || body.toString("base64url") !== text)
        throw new SealBroken(`a sealed secret at ${place.split(":")[0]} is damaged`);
      const cipher = createDecipheriv("aes-256-gcm", key, body.subarray(0, NONCE), { authTagLength: TAG });
      cipher.setAAD(Buffer.from(`${id}:${place}`)).setAuthTag(body.subarray(-TAG));
      try {
        return Buffer.concat([cipher.update(body.subarray(NONCE, -TAG)), cipher.final()]).toString("utf8");
      } catch {
        throw new SealBroken(`a sealed secret at ${place.split(":")[0]} is damaged`);
      }
    },
    outdated: (sealed) => keyIdOf(sealed) !== current,
    keyIds: [...known.keys()],
  };
}

/** The id of the key that a text was sealed with; null for text that is not sealed. */
export const keyIdOf = (sealed: string): string | null => FORM.exec(sealed)?.[1] ?? null;

/** Names a key without telling anything of it. */
const keyId = (key: Uint8Array): string =>
  createHash("sha256").update("marketplace sealing key").update(key).digest("hex").slice(0, 8);
