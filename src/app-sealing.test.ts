import { expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eachDatabase } from "../test/support/databases.ts";
import { inspectSealing } from "./app-doctor-sealing.ts";
import { openSealer, SealingKeyError } from "./app-sealing.ts";
import { type Config, loadConfig } from "./config/index.ts";
import { SYSTEM } from "./core/actor.ts";
import { systemClock as clock } from "./core/clock.ts";
import { adoptSealing } from "./modules/accounts/index.ts";
import { createInstanceSecrets } from "./modules/accounts/instance-secrets.ts";
import { createSealedSecrets } from "./modules/administration/index.ts";
import { createAuditLog } from "./platform/audit/database-audit-log.ts";
import type { Database } from "./platform/database/index.ts";
import { createSealer, keyIdOf, SealBroken, type Sealer } from "./platform/sealing/sealer.ts";

const newKey = () => randomBytes(32).toString("base64");
const AT = "2026-01-01T00:00:00.000Z";

eachDatabase("the key of secrets at rest", (open, { engine }) => {
  const start = async () => {
    const database = await open();
    const data = mkdtempSync(join(tmpdir(), "marketplace-sealing-"));
    const config = (secrets: { key?: string; previous?: string[] } = {}): Config =>
      loadConfig({
        cwd: data,
        flags: { "server.data": data },
        env: {
          ...(secrets.key === undefined ? {} : { MARKETPLACE_SECRETS_KEY: secrets.key }),
          ...(secrets.previous ? { MARKETPLACE_SECRETS_PREVIOUS_KEYS: secrets.previous.join(",") } : {}),
          // Only what it says counts here, not whether it answers.
          ...(engine === "postgres" ? { MARKETPLACE_DATABASE_URL: "postgres://localhost/x" } : {}),
        },
      }).config;
    return { database, data, config, file: join(data, "secrets.key") };
  };
  const plain = (database: Database, name: string, value: string) =>
    database.write(async (tx) => {
      await tx.insertInto("instance_secrets").values({ name, value, created_at: AT }).execute();
    });
  const stored = (database: Database) =>
    database.read.selectFrom("instance_secrets").selectAll().orderBy("name").execute();
  const secretOf = (database: Database, sealer: Sealer, name: string) =>
    createInstanceSecrets({ database, clock, sealer }).get(name, () => "made anew");
  const refusal = async (opening: Promise<Sealer>) => {
    const error = await opening.then(
      () => null,
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(SealingKeyError);
    return error!.message;
  };

  test("is made once, beside the database, and seals what lay there plain", async () => {
    const { database, config, file } = await start();
    await plain(database, "csrf", "an old secret");
    await plain(database, "access-token-key", '{"kty":"RSA"}');
    const sealer = await openSealer(config(), database, clock);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const rows = await stored(database);
    expect(rows.map((row) => row.name)).toEqual(["access-token-key", "csrf", "sealing-check"]);
    expect(rows.every((row) => keyIdOf(row.value) === sealer.keyIds[0])).toBe(true);
    expect(await secretOf(database, sealer, "csrf")).toBe("an old secret");
    const again = await openSealer(config(), database, clock);
    expect(await stored(database)).toEqual(rows);
    expect(await secretOf(database, again, "access-token-key")).toBe('{"kty":"RSA"}');
  });

  test("is the same for all that start together in one folder", async () => {
    const { database, config } = await start();
    await plain(database, "csrf", "an old secret");
    const sealers = await Promise.all(Array.from({ length: 10 }, () => openSealer(config(), database, clock)));
    expect(new Set(sealers.map(({ keyIds }) => keyIds.join())).size).toBe(1);
    for (const sealer of sealers) expect(await secretOf(database, sealer, "csrf")).toBe("an old secret");
  });

  test("binds the database: of two that start together with different keys one refuses, and so does any other key later", async () => {
    const { database, config } = await start();
    const keys = [newKey(), newKey()];
    const results = await Promise.allSettled(keys.map((key) => openSealer(config({ key }), database, clock)));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = keys[results.findIndex(({ status }) => status === "fulfilled")]!;
    const message = await refusal(openSealer(config({ key: newKey() }), database, clock));
    expect(message).toContain("[secrets] key");
    for (const key of keys) expect(message).not.toContain(key);
    await openSealer(config({ key: winner }), database, clock);
  });

  test("is never made anew for a database that is sealed", async () => {
    const { database, config, file } = await start();
    await openSealer(config(), database, clock);
    const content = readFileSync(file);
    rmSync(file);
    expect(await refusal(openSealer(config(), database, clock))).toContain(file);
    expect(existsSync(file)).toBe(false);
    expect(await inspectSealing(config(), database)).toMatchObject({ status: "wrong" });
    await openSealer(config({ key: content.toString().trim() }), database, clock);
    writeFileSync(file, content);
    await openSealer(config(), database, clock);
  });

  test("is taken up whole or not at all: a crash leaves what was there", async () => {
    const { database, config } = await start();
    for (const name of ["a", "b", "c"]) await plain(database, name, `secret ${name}`);
    const before = await stored(database);
    const sealer = createSealer([randomBytes(32)]);
    const dies: Sealer = {
      ...sealer,
      seal: (text, place) => {
        if (place.endsWith(":c")) throw new Error("killed");
        return sealer.seal(text, place);
      },
    };
    await expect(adoptSealing({ database, clock, sealer: dies })).rejects.toThrow("killed");
    expect(await stored(database)).toEqual(before);
    const opened = await openSealer(config(), database, clock);
    for (const name of ["a", "b", "c"]) expect(await secretOf(database, opened, name)).toBe(`secret ${name}`);
  });

  test("keeps out what somebody writes into the database: plain text, and secrets moved from elsewhere", async () => {
    const { database, config } = await start();
    const sealer = await openSealer(config(), database, clock);
    await plain(database, "csrf", "known to the intruder");
    await expect(secretOf(database, sealer, "csrf")).rejects.toThrow(SealBroken);
    const check = (await stored(database)).find(({ name }) => name === "sealing-check")!;
    await plain(database, "visitor-salt", check.value);
    await expect(secretOf(database, sealer, "visitor-salt")).rejects.toThrow(SealBroken);
    await openSealer(config(), database, clock);
    expect((await stored(database)).find(({ name }) => name === "csrf")?.value).toBe("known to the intruder");
  });

  test("is rotated: from the file to the configuration, step by step, with the old one taken away at the end", async () => {
    const { database, config, file } = await start();
    const old = await openSealer(config(), database, clock);
    const names = Array.from({ length: 450 }, (_, i) => `secret-${String(i).padStart(3, "0")}`);
    const rows = names.map((name) => ({ name, value: old.seal(name, `instance_secrets:${name}`), created_at: AT }));
    await database.write(async (tx) => void (await tx.insertInto("instance_secrets").values(rows).execute()));
    const audit = createAuditLog({ database, clock, sealer: old });
    await audit.record({ action: "test.done", outcome: "success", actor: SYSTEM, subject: { type: "test", id: null } });
    const key = newKey();

    const sealer = await openSealer(config({ key }), database, clock);
    expect(sealer.keyIds).toHaveLength(2);
    const secrets = createSealedSecrets({
      database,
      clock,
      sealer,
      audit: createAuditLog({ database, clock, sealer }),
    });
    expect(await secrets.list(SYSTEM)).toMatchObject({ outdated: 452, lost: 0 });
    expect(await inspectSealing(config({ key }), database)).toMatchObject({ status: "warning" });

    const stopped = new AbortController();
    const interrupted: Database = {
      ...database,
      write: (work) => database.write(work).finally(() => stopped.abort()),
    };
    const broken = createSealedSecrets({ database: interrupted, clock, sealer, audit });
    await expect(broken.rotate(SYSTEM, { signal: stopped.signal })).rejects.toThrow();
    const { outdated } = await secrets.list(SYSTEM);
    expect(outdated).toBeGreaterThan(0);
    expect(outdated).toBeLessThan(452);

    expect(await secrets.rotate(SYSTEM)).toMatchObject({ sealed: outdated, outdated: 0, lost: 0 });
    expect(await secrets.rotate(SYSTEM)).toMatchObject({ sealed: 0 });
    rmSync(file);
    const alone = await openSealer(config({ key }), database, clock);
    expect(alone.keyIds).toHaveLength(1);
    expect(await secretOf(database, alone, "secret-449")).toBe("secret-449");
    expect(await createAuditLog({ database, clock, sealer: alone }).verify()).toMatchObject({ problems: [] });
    expect(await inspectSealing(config({ key }), database)).toMatchObject({ status: "ok" });
  });

  test("leaves what does not open where it is, and says so", async () => {
    const { database, config } = await start();
    const sealer = await openSealer(config(), database, clock);
    await secretOf(database, sealer, "csrf");
    const lost = createSealer([randomBytes(32)]).seal("lost", "instance_secrets:lost");
    await plain(database, "lost", lost);
    await plain(database, "plain", "never sealed");
    const audit = createAuditLog({ database, clock, sealer });
    const report = await createSealedSecrets({ database, clock, sealer, audit }).rotate(SYSTEM);
    expect(report).toMatchObject({ sealed: 0, outdated: 0, lost: 2 });
    expect((await stored(database)).find(({ name }) => name === "lost")?.value).toBe(lost);
    expect(await inspectSealing(config(), database)).toMatchObject({
      status: "wrong",
      examples: expect.arrayContaining(["instance_secrets: 1"]),
    });
  });

  test("is looked at by the doctor: who may read it, and whether replicas have it", async () => {
    const { database, config, file } = await start();
    expect(await inspectSealing(config(), database)).toMatchObject({ status: "ok" });
    expect(existsSync(file)).toBe(false);
    await openSealer(config(), database, clock);
    const usual = engine === "postgres" ? "warning" : "ok";
    expect((await inspectSealing(config(), database)).status).toBe(usual);
    const key = readFileSync(file, "utf8").trim();
    expect(await inspectSealing(config({ key }), database)).toMatchObject({ status: "ok" });
    expect(await inspectSealing(config({ key: newKey(), previous: [newKey()] }), database)).toMatchObject({
      status: "warning",
    });
    writeFileSync(file, "rubbish\n");
    expect(await inspectSealing(config(), database)).toMatchObject({ status: "wrong" });
  });

  test("must say which key seals when earlier ones are named", async () => {
    const { database, config } = await start();
    expect(await refusal(openSealer(config({ previous: [newKey()] }), database, clock))).toContain("previous_keys");
  });
});
