/** A content digest as OCI writes it: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

const DIGEST = /^sha256:[0-9a-f]{64}$/;

export const isDigest = (text: string): text is Digest => DIGEST.test(text);

/** Only a digest that passed here may become part of a path. Throws a plain Error: callers check user input first. */
export function digestHex(digest: Digest): string {
  if (!isDigest(digest)) throw new Error("not a sha256 digest");
  return digest.slice(7);
}

export const sha256 = (bytes: Uint8Array | string): Digest =>
  `sha256:${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}`;

/** Hashes a stream piece by piece. */
export class DigestStream {
  #hasher = new Bun.CryptoHasher("sha256");
  size = 0;
  update(chunk: Uint8Array): void {
    this.#hasher.update(chunk);
    this.size += chunk.byteLength;
  }
  digest(): Digest {
    return `sha256:${this.#hasher.digest("hex")}`;
  }
}
