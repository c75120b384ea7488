/** A body that is read on by somebody else while it is hashed. */
export interface HashedBody {
  /** The same bytes, as they come. */
  stream: ReadableStream<Uint8Array>;
  /** Reads what nobody read, and answers length and SHA-256 of all of it; null as soon as it is longer than `most` bytes. */
  finish(most?: number): Promise<BodyHash | null>;
}

export interface BodyHash {
  length: number;
  sha256: string;
}

/**
 * Hashes a body as it passes, without holding it. `boundary`, where it stands in a multipart body, is left out: senders make a
 * new one each time.
 */
export function hashBody(body: ReadableStream<Uint8Array>, boundary: string | null): HashedBody {
  const hasher = new Bun.CryptoHasher("sha256");
  const feed = boundary === null ? (bytes: Uint8Array) => void hasher.update(bytes) : skipping(boundary, hasher);
  const reader = body.getReader();
  let length = 0;
  const read = async (): Promise<Uint8Array | null> => {
    const { done, value } = await reader.read();
    if (done) return null;
    length += value.byteLength;
    feed(value);
    return value;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await read();
        if (bytes) controller.enqueue(bytes);
        else controller.close();
      },
      // What its reader leaves, `finish` reads.
      cancel: () => {},
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    async finish(most = Number.POSITIVE_INFINITY) {
      while (length <= most && (await read()));
      if (length > most) {
        await reader.cancel();
        return null;
      }
      feed(new Uint8Array());
      return { length, sha256: hasher.digest("hex") };
    },
  };
}

/** Hashes what is not `boundary`, also when it is cut by the border of two chunks; an empty chunk ends it. */
function skipping(boundary: string, hasher: Bun.CryptoHasher): (bytes: Uint8Array) => void {
  const mark = Buffer.from(boundary, "latin1");
  let kept = Buffer.alloc(0);
  return (bytes) => {
    const all = kept.byteLength === 0 ? Buffer.from(bytes) : Buffer.concat([kept, bytes]);
    let from = 0;
    for (let at = all.indexOf(mark); at >= 0; at = all.indexOf(mark, from)) {
      hasher.update(all.subarray(from, at));
      from = at + mark.byteLength;
    }
    // The end may be the beginning of the mark.
    const until = bytes.byteLength === 0 ? all.byteLength : Math.max(from, all.byteLength - mark.byteLength + 1);
    hasher.update(all.subarray(from, until));
    kept = Buffer.from(all.subarray(until));
  };
}
