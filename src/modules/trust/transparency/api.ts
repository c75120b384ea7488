import { Elysia, t } from "elysia";
import { isDigest } from "../../../core/digest.ts";
import { invalidRequest, validationError } from "../../../core/error.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { etagOf, jsonWithETag, ok, withETag } from "../../../platform/http/respond.ts";
import { MAX_ENTRIES } from "../../../platform/transparency/transparency-log.ts";
import type { Inclusion, Transparency } from "./index.ts";

const Text = (maxLength: number) => t.Optional(t.String({ maxLength }));

/** REST of the transparency log; open to everybody, entries of assets that the reader may not see without their text. */
export const transparencyApi = (transparency: Transparency) =>
  new Elysia({ name: "transparency-api" })
    .get(
      "/server-key",
      async ({ request }) => {
        const { publicKey, fingerprint, origin, verifierKey } = await transparency.serverKey();
        const answer = { public_key: base64(publicKey), fingerprint, origin, verifier_key: verifierKey };
        return jsonWithETag(request, ok(answer));
      },
      { detail: { summary: "The server's own public key (Ed25519)", tags: ["Transparency"] } },
    )
    .get(
      "/transparency/checkpoint",
      async ({ request }) => {
        const note = await transparency.checkpoint();
        const headers = { "Content-Type": "text/plain;charset=utf-8" };
        return withETag(request, new Response(note, { headers }), etagOf(note));
      },
      { detail: { summary: "The log's newest state, a signed note (C2SP tlog-checkpoint)", tags: ["Transparency"] } },
    )
    .get(
      "/transparency/entries",
      async ({ request, query }) => {
        const from = numberIn(query.from ?? "0", "from");
        const limit = numberIn(query.limit ?? "100", "limit");
        if (limit < 1 || limit > MAX_ENTRIES)
          throw validationError({ field: "limit", message: `must be from 1 to ${MAX_ENTRIES}.` });
        const { entries, size } = await transparency.entries(contextOf(request).actor, from, limit);
        const data = entries.map(({ index, leafHash, entry }) => ({ index, leaf_hash: hash(leafHash), entry }));
        return jsonWithETag(request, ok(data, { from, size }));
      },
      {
        query: t.Object({ from: Text(20), limit: Text(20) }),
        detail: { summary: "Entries of the log, in their order", tags: ["Transparency"] },
      },
    )
    .get(
      "/transparency/inclusion",
      async ({ request, query }) => {
        const { actor } = contextOf(request);
        const size = query.size === undefined ? null : numberIn(query.size, "size");
        const { index, digest, ref = null, version = null } = query;
        if (index !== undefined && digest !== undefined) throw invalidRequest("Give either index or digest.");
        if (digest === undefined) {
          const at = index === undefined ? null : numberIn(index, "index");
          return jsonWithETag(request, ok(wire(await transparency.inclusionOf(actor, at, size))));
        }
        if (!isDigest(digest))
          throw validationError({ field: "digest", message: "must be sha256: and 64 hexadecimal digits." });
        return jsonWithETag(
          request,
          ok(wire(await transparency.inclusionOfDigest(actor, { digest, ref, version }, size))),
        );
      },
      {
        query: t.Object({ index: Text(20), digest: Text(80), ref: Text(160), version: Text(256), size: Text(20) }),
        detail: {
          summary:
            "An entry, by its index (else the newest) or by the digest of a published version, and the proof that the log has it",
          tags: ["Transparency"],
        },
      },
    )
    .get(
      "/transparency/consistency",
      async ({ request, query }) => {
        const to = query.to === undefined ? null : numberIn(query.to, "to");
        const { proof, ...range } = await transparency.consistency(numberIn(query.from ?? "0", "from"), to);
        return jsonWithETag(request, ok({ ...range, proof: proof.map(hash) }));
      },
      {
        query: t.Object({ from: Text(20), to: Text(20) }),
        detail: {
          summary: "The proof that the log of `from` entries is the beginning of that of `to`",
          tags: ["Transparency"],
        },
      },
    );

const wire = ({ index, leafHash, entry, size, proof }: Inclusion) => ({
  index,
  size,
  leaf_hash: hash(leafHash),
  entry,
  proof: proof.map(hash),
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const hash = (hex: string): string => Buffer.from(hex, "hex").toString("base64");

function numberIn(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalidRequest(`${name} must be a whole number.`);
  return Number(text);
}
