import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { commandLine } from "../support/command-line.ts";
import { type Client, eachMarketplace, type Json, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const schema = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
const LOCK = {
  name: "x",
  version: "1.0.0",
  lockfileVersion: 3,
  packages: {
    "": { name: "x", version: "1.0.0", dependencies: { "@scope/kit": "^2.0.0" } },
    "node_modules/@scope/kit": { version: "2.1.0" },
    "node_modules/deep": { version: "0.3.0" },
  },
};

eachMarketplace("bills of materials", (server) => {
  let [ana, bob, admin]: Client[] = [];
  beforeAll(async () => {
    ana = await server().person("ana");
    bob = await server().person("bob");
    admin = await server().person("chief", "admin");
  });
  const billOf = async (ref: string, version = "1.0.0", client = server().stranger): Promise<Json> => {
    const response = await client.send("GET", `/api/v1/assets/${ref}/versions/${version}/sbom`);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(await schema.validate(text)).toBeNull();
    return JSON.parse(text);
  };

  test("names assets, packages and files, and is the same until something changes", async () => {
    const base = await publish(server(), ana!, "ana/base", "1.2.0", skill("base"));
    const files = {
      "package.json": JSON.stringify({ name: "x", version: "1.0.0", dependencies: { "@scope/kit": "^2.0.0" } }),
      "package-lock.json": JSON.stringify(LOCK),
    };
    const { digest, asset } = await publish(
      server(),
      ana!,
      "ana/tool",
      "1.0.0",
      skill("tool", { needs: { "ana/base": "^1.0.0" }, files }),
    );
    const bom = await billOf("ana/tool");
    expect(bom.metadata.component).toMatchObject({
      purl: `pkg:generic/ana/tool@1.0.0?checksum=${digest}`,
      licenses: [{ expression: "MIT" }],
      publisher: "ana",
    });
    const refs: string[] = bom.components.map((one: Json) => one["bom-ref"]);
    expect(refs).toContain(`pkg:generic/ana/base@1.2.0?checksum=${base.digest}`);
    expect(refs).toContain("pkg:npm/%40scope/kit@2.1.0");
    expect(refs).toContain("pkg:npm/deep@0.3.0");
    for (const path of ["SKILL.md", "package.json", "package-lock.json", "marketplace.toml"])
      expect(refs).toContain(`file ${path}`);
    expect(bom.metadata.properties).toBeUndefined();

    const path = `/api/v1/assets/${asset.id}/versions/${digest}/sbom`;
    const response = await server().stranger.send("GET", path);
    expect(await response.json()).toEqual(bom);
    expect(response.headers.get("Content-Type")).toBe("application/vnd.cyclonedx+json; version=1.6");
    expect(response.headers.get("Content-Disposition")).toBe('attachment; filename="tool-1.0.0.cdx.json"');
    const headers = { "If-None-Match": response.headers.get("ETag")! };
    expect((await server().stranger.send("GET", path, { headers })).status).toBe(304);
    const page = await server().stranger.send("GET", "/ana/tool/security", { headers: { Accept: "text/html" } });
    expect(await page.text()).toContain('href="/api/v1/assets/ana/tool/versions/1.0.0/sbom"');
  });

  test("tells nobody what they may not see", async () => {
    const hidden = await publish(server(), ana!, "ana/hidden", "1.0.0", skill("hidden"), { visibility: "private" });
    await publish(server(), ana!, "ana/open", "1.0.0", skill("open", { needs: { "ana/hidden": "^1.0.0" } }));
    for (const client of [server().stranger, bob!])
      await client.api("GET", "/assets/ana/hidden/versions/1.0.0/sbom", 404);
    const own = await billOf("ana/open", "1.0.0", ana!);
    expect(JSON.stringify(own)).toContain(hidden.digest);
    const others = await billOf("ana/open", "1.0.0", bob!);
    expect(JSON.stringify(others)).not.toContain(hidden.digest);
    expect(others.metadata.properties).toContainEqual({ name: "marketplace:dependencies", value: "unresolved" });
    expect(others.serialNumber).toBe(own.serialNumber);

    const touching = (name: string, version: string) =>
      admin!.api("POST", "/admin/advisories", 201, {
        json: {
          summary: `About ${name}.`,
          database_specific: { severity: "HIGH" },
          affected: [{ package: { ecosystem: "marketplace", name }, versions: [version] }],
        },
      });
    await touching("ana/open", "1.0.0");
    await touching("ana/hidden", "1.0.0");
    const main = own.metadata.component["bom-ref"];
    // A job finds what they touch.
    const touched = (ref: string, client: Client): Promise<Json> =>
      until(`an advisory on ${ref}`, async () => (await billOf(ref, "1.0.0", client)).vulnerabilities);
    await touched("ana/hidden", ana!);
    expect(await touched("ana/open", bob!)).toMatchObject([
      { description: "About ana/open.", ratings: [{ severity: "high" }], affects: [{ ref: main }] },
    ]);
  });

  test("a recalled version still has its bill, which says so; the command prints or writes it", async () => {
    const { digest } = await publish(server(), ana!, "ana/bad", "1.0.0", skill("bad"));
    await admin!.api("POST", "/admin/recalls", 201, { json: { ref: "ana/bad", digest, reason: "It phones home." } });
    const bom = await billOf("ana/bad");
    expect(bom.metadata.component.properties).toContainEqual({
      name: "marketplace:recalled",
      value: expect.stringMatching(/^no\. \d+: It phones home\.$/),
    });
    const { run } = commandLine();
    const printed = await run(["sbom", "ana/bad@1.0.0", "--url", server().url]);
    expect([printed.code, JSON.parse(printed.stdout)]).toEqual([0, bom]);
    const folder = mkdtempSync(join(tmpdir(), "sbom-"));
    const file = join(folder, "bad.cdx.json");
    expect(await run(["sbom", "ana/bad@1.0.0", "--output", file, "--url", server().url])).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(bom);
    expect(readdirSync(folder)).toEqual(["bad.cdx.json"]);
    expect((await run(["sbom", "ana/none@1.0.0", "--url", server().url])).code).toBe(1);
  });
});
