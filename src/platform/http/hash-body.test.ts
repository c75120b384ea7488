import { expect, test } from "bun:test";
import fc from "fast-check";
import { hashBody } from "./hash-body.ts";

const streamOf = (pieces: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(Buffer.from(piece, "latin1"));
      controller.close();
    },
  });
const cut = (text: string, sizes: number[]): string[] => {
  const pieces: string[] = [];
  let at = 0;
  for (const size of sizes) {
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return [...pieces, text.slice(at)].filter((piece) => piece !== "");
};
const sha256 = (text: string) => new Bun.CryptoHasher("sha256").update(Buffer.from(text, "latin1")).digest("hex");

test("the boundary is left out however the body is cut, and its reader gets every byte", async () => {
  const text = fc.string({ unit: fc.constantFrom("-", "a", "b", "\r", "\n"), maxLength: 60 });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(text, sizes, fc.constantFrom("ab", "--a", "aab"), async (body, pieces, boundary) => {
      const hashed = hashBody(streamOf(cut(body, pieces)), boundary);
      expect(Buffer.from(await new Response(hashed.stream).bytes()).toString("latin1")).toBe(body);
      expect(await hashed.finish()).toEqual({ length: body.length, sha256: sha256(body.replaceAll(boundary, "")) });
    }),
  );
});

test("what nobody read is read, up to a bound", async () => {
  const hashed = hashBody(streamOf(["one", "two", "three"]), null);
  await hashed.stream.cancel();
  expect(await hashed.finish()).toEqual({ length: 11, sha256: sha256("onetwothree") });
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) });
  expect(await hashBody(endless, null).finish(5000)).toBeNull();
});
