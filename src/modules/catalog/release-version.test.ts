import { expect, test } from "bun:test";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Digest } from "../../core/digest.ts";
import { newId } from "../../core/id.ts";
import type { PackageMetadata } from "../../core/package/package.ts";
import type { Database } from "../../platform/database/index.ts";
import { decideVersion } from "./release-version.ts";
import { assetById, channelsOf, insertAsset, insertVersion } from "./repository.ts";

const METADATA = {
  kind: "skill",
  title: "Tool",
  tags: [],
  categories: [],
  dependencies: [],
} as unknown as PackageMetadata;

async function draft(database: Database, at: string) {
  const [namespaceId, userId, assetId] = [newId(), newId(), newId()];
  await database.write(async (tx) => {
    await tx.insertInto("namespaces").values({ id: namespaceId, name: "ana", kind: "user", created_at: at }).execute();
    const person = { username: "ana", email: "a@b.c", email_key: "a@b.c", display_name: "", password_hash: "" };
    const standing = { role: "user", status: "active", created_at: at, updated_at: at } as const;
    await tx
      .insertInto("users")
      .values({ id: userId, namespace_id: namespaceId, ...person, ...standing })
      .execute();
    const words = { slug: "tool", kind: "skill", title: "Tool", description: "", visibility: "public" } as const;
    const links = { license: null, homepage: null, repository: null };
    await insertAsset(tx, {
      id: assetId,
      namespaceId,
      ...words,
      ...links,
      publishRequested: true,
      createdBy: userId,
      at,
    });
  });
  const add = async (version: string, requestedChannel: string | null) => {
    const id = newId();
    const digest = `sha256:${new Bun.CryptoHasher("sha256").update(version).digest("hex")}` as Digest;
    const content = { digest, manifestSize: 1, configDigest: digest, metadata: METADATA, changelog: "", files: [] };
    await database.write((tx) =>
      insertVersion(tx, {
        id,
        assetId,
        version,
        ...content,
        requestedChannel,
        publishedBy: userId,
        provenance: null,
        at,
      }),
    );
    return id;
  };
  return { assetId, add };
}

eachDatabase("carrying out verdicts", (open) => {
  test("a rescan that passes again moves no channel and makes nothing recent", async () => {
    const database = await open();
    const times = ["2026-06-01", "2026-06-02", "2026-06-03", "2026-06-04"].map((day) => `${day}T00:00:00.000Z`);
    const { assetId, add } = await draft(database, times[0]!);
    const pass = (versionId: string, at: string) =>
      database.write((tx) =>
        decideVersion(tx, { now: () => new Date(at) }, versionId, { verdict: "passed", reason: null }),
      );
    const one = await add("1.0.0", "beta");
    const two = await add("2.0.0", "beta");
    await pass(one, times[1]!);
    await pass(two, times[2]!);
    await pass(one, times[3]!);
    const channels = await channelsOf(database.read, assetId);
    expect(channels.map(({ name, version }) => [name, version])).toEqual([
      ["beta", "2.0.0"],
      ["latest", "2.0.0"],
    ]);
    expect((await assetById(database.read, assetId))?.updatedAt).toBe(times[2]!);
  });
});
