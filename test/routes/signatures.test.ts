import { expect, test } from "bun:test";
import { generatePrivateKey, type PrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { type SignedSubject, signPublication } from "../../src/core/signing/statement.ts";
import { type Client, createClient, onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill, tarGz } from "../support/packages.ts";

onOneMarketplace("signatures", (server) => {
  const addKey = async (client: Client, key: PrivateKey): Promise<string> => {
    const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
    return (await client.api("POST", "/me/keys", 201, { json: { name: "laptop", public_key } })).data.id;
  };
  const sign = (client: Client, key: PrivateKey, subject: SignedSubject, status: number) =>
    signPublication(key, subject).then((envelope) =>
      client.api("POST", `/assets/${subject.ref}/versions/${subject.version}/signatures`, status, {
        json: { envelope: JSON.stringify(envelope) },
      }),
    );
  const subjectOf = async (client: Client, name: string): Promise<SignedSubject> => {
    const ref = `${client.username}/${name}`;
    const { version, digest } = await publish(server(), client, ref, "1.0.0", skill(name));
    return { ref, version, digest };
  };

  test("one that holds is shown with its signer until the key is revoked", async () => {
    const ann = await server().person("ann");
    const key = generatePrivateKey();
    const id = await addKey(ann, key);
    const subject = await subjectOf(ann, "signed");
    await sign(ann, key, subject, 201);
    await server().app.discovery.indexer.sync();
    const read = async () => (await server().stranger.api("GET", "/assets/ann/signed/versions/1.0.0", 200)).data;
    expect((await read()).signature).toMatchObject({ signer: "ann", key_name: "laptop", revoked_at: null });
    const signedHits = async () => (await server().stranger.api("GET", "/search?q=signed&signed=true", 200)).data;
    expect(await signedHits()).toHaveLength(1);
    expect((await server().stranger.api("GET", "/assets/ann/signed", 200)).data.signed).toBe(true);

    await ann.api("DELETE", `/me/keys/${id}?reason=lost`, 204);
    await server().app.discovery.indexer.sync();
    expect((await read()).signature.revoked_at).not.toBeNull();
    expect(await signedHits()).toHaveLength(0);
    expect((await server().stranger.api("GET", "/assets/ann/signed", 200)).data.signed).toBe(false);
    await sign(ann, key, subject, 422);
    await ann.api("DELETE", `/me/keys/${id}`, 404);
  });

  test("keys are a person's to add and to revoke, not an API key's", async () => {
    const dora = await server().person("dora");
    const id = await addKey(dora, generatePrivateKey());
    await dora.api("POST", "/assets", 201, { json: { slug: "tool", type: "skill" } });
    for (const confined of [{}, { assets: ["dora/tool"] }]) {
      const json = { name: "ci", scopes: ["publish"], expires_in_days: 1, ...confined };
      const { key } = (await dora.api("POST", "/me/api-keys", 201, { json })).data;
      const ci = createClient(server().url, key, "dora");
      const public_key = Buffer.from(await publicKeyOf(generatePrivateKey())).toString("base64");
      await ci.api("POST", "/me/keys", 403, { json: { name: "planted", public_key } });
      await ci.api("DELETE", `/me/keys/${id}`, 403);
    }
    const { data } = await dora.api("GET", "/me/keys", 200);
    expect(data).toMatchObject([{ id, revoked_at: null }]);
  });

  test("one for another name, version or content, by an unknown or another's key, or changed: refused", async () => {
    const bea = await server().person("bea");
    const cem = await server().person("cem");
    const [key, foreign] = [generatePrivateKey(), generatePrivateKey()];
    const id = await addKey(bea, key);
    await addKey(cem, foreign);
    const subject = await subjectOf(bea, "target");
    const url = `/assets/bea/target/versions/1.0.0/signatures`;
    const lies: Partial<SignedSubject>[] = [
      { ref: "bea/other" },
      { version: "1.0.1" },
      { digest: `sha256:${"0".repeat(64)}` },
    ];
    for (const lie of lies) {
      const envelope = JSON.stringify(await signPublication(key, { ...subject, ...lie }));
      await bea.api("POST", url, 422, { json: { envelope } });
    }
    await sign(bea, generatePrivateKey(), subject, 422);
    await sign(bea, foreign, subject, 422);
    await sign(cem, foreign, subject, 403);
    await sign(server().stranger, key, subject, 401);
    const good = await signPublication(key, subject);
    const bent = { ...good, payload: Buffer.from(`${Buffer.from(good.payload, "base64")} `).toString("base64") };
    for (const envelope of ["", "{}", "null", "[]", JSON.stringify(bent), `${JSON.stringify(good)}x`])
      await bea.api("POST", url, 422, { json: { envelope } });
    await cem.api("DELETE", `/me/keys/${id}`, 404);
    expect((await bea.api("GET", "/assets/bea/target/versions/1.0.0", 200)).data.signatures).toEqual([]);
  });

  test("one sent with the publication is checked before anything is written", async () => {
    const dan = await server().person("dan");
    const key = generatePrivateKey();
    await addKey(dan, key);
    const bytes = tarGz(skill("sealed"));
    const { digest } = await publish(server(), dan, "dan/probe", "1.0.0", bytes);
    const put = async (signed: SignedSubject) =>
      dan.send("PUT", "/api/v1/assets/dan/sealed/versions/1.0.0", {
        body: bytes,
        headers: {
          "X-Marketplace-Signature": Buffer.from(JSON.stringify(await signPublication(key, signed))).toString("base64"),
        },
      });
    const subject: SignedSubject = { ref: "dan/sealed", version: "1.0.0", digest };
    expect((await put({ ...subject, version: "1.0.1" })).status).toBe(422);
    await dan.api("GET", "/assets/dan/sealed", 404);
    expect((await put(subject)).status).toBe(201);
    expect((await dan.api("GET", "/assets/dan/sealed/versions/1.0.0", 200)).data.signature.signer).toBe("dan");
  });

  test("public keys that are none, of small order or registered already are refused", async () => {
    const eva = await server().person("eva");
    const key = generatePrivateKey();
    await addKey(eva, key);
    const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
    await eva.api("POST", "/me/keys", 409, { json: { name: "again", public_key } });
    for (const wrong of ["", "AAAA", Buffer.alloc(32).toString("base64"), Buffer.alloc(32, 255).toString("base64")])
      await eva.api("POST", "/me/keys", 422, { json: { name: "wrong", public_key: wrong } });
    await server().stranger.api("POST", "/me/keys", 401, { json: { name: "x", public_key } });
    const { data } = await server().stranger.api("GET", "/users/eva/keys", 200);
    expect(data).toHaveLength(1);
  });
});
