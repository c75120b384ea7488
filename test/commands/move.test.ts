import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { generatePrivateKey, publicKeyOf } from "../../src/core/signing/ed25519.ts";
import { signPublication } from "../../src/core/signing/statement.ts";
import { commandLine } from "../support/command-line.ts";
import { type Client, onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

onOneMarketplace("transfer and rename", (server) => {
  let max: Client;
  const key = generatePrivateKey();

  beforeAll(async () => {
    max = await server().person("max");
    await server().person("zoe");
    await max.api("POST", "/organizations", 201, { json: { slug: "acme" } });
    const public_key = Buffer.from(await publicKeyOf(key)).toString("base64");
    await max.api("POST", "/me/keys", 201, { json: { name: "k", public_key } });
  });

  const signed = async (ref: string) => {
    const { digest } = await publish(server(), max, ref, "1.0.0", skill(ref.split("/")[1]!));
    const envelope = JSON.stringify(await signPublication(key, { ref, version: "1.0.0", digest }));
    await max.api("POST", `/assets/${ref}/versions/1.0.0/signatures`, 201, { json: { envelope } });
  };
  const signedIn = () => commandLine({ MARKETPLACE_URL: server().url, MARKETPLACE_TOKEN: max.token ?? "" });

  test("move it at once, offer it, or say what is missing", async () => {
    await signed("max/tool");
    const { run } = signedIn();
    expect(await run(["rename", "max/tool", "hammer"])).toMatchObject({ code: 0 });
    const moved = await run(["transfer", "max/hammer", "acme", "--json"]);
    expect([moved.code, JSON.parse(moved.stdout)]).toEqual([0, { ref: "acme/hammer", moved: true, offer: null }]);
    const offered = await run(["transfer", "acme/hammer", "zoe", "--name", "gift"]);
    expect([offered.code, offered.stderr]).toEqual([0, expect.stringContaining("Offered to zoe")]);
    expect((await run(["transfer", "acme/hammer"])).code).toBe(2);
    expect((await run(["rename", "acme/hammer@1.0.0", "x"])).code).toBe(2);
    expect((await run(["rename", "acme/nothing", "x"])).code).toBe(1);
  });

  test("a signature for the former name is told as one, and lockfiles by the old name go on", async () => {
    await signed("max/saw");
    const before = commandLine({ MARKETPLACE_URL: server().url });
    expect(await before.run(["install", "max/saw"])).toMatchObject({ code: 0 });
    await max.api("POST", "/assets/max/saw/rename", 200, { json: { slug: "blade" } });

    expect(await before.run(["ci", "--force"])).toMatchObject({ code: 0 });
    const old = await before.run(["verify"]);
    expect([old.code, old.stderr]).toEqual([0, expect.stringContaining("the asset is max/blade now")]);

    const after = commandLine({ MARKETPLACE_URL: server().url });
    const installed = await after.run(["install", "max/blade"]);
    expect([installed.code, installed.stderr]).toEqual([0, expect.stringContaining("was signed as max/saw")]);
    const checked = await after.run(["verify"]);
    expect([checked.code, checked.stderr]).toEqual([0, expect.stringContaining("nobody signed that it is max/blade")]);
    expect(await after.run(["info", "max/saw"])).toMatchObject({ code: 0 });
  });
});
