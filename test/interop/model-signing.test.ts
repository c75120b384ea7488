import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { certificateOf, type Pair, pairOf, pemOf } from "../../src/platform/scanning/model-signature.fixture.ts";
import { onOneMarketplace, publish } from "../support/marketplace.ts";

// OpenSSF's own tool signs a model's folder; this server says who signed what it was given.

const VERSION = "1.1.1";
const HOME = join(import.meta.dir, "../../node_modules/.cache", `model-signing-${VERSION}`);
const COMMAND = join(HOME, "bin/model_signing");
const FOLDER = mkdtempSync(join(tmpdir(), "model-signing-"));
const MODEL = join(FOLDER, "model");
const at = (name: string): string => join(FOLDER, name);

async function run(...command: string[]): Promise<void> {
  const child = Bun.spawn(command, { cwd: FOLDER, stdout: "ignore", stderr: "pipe", stdin: "ignore" });
  const [errors, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")}: ${errors}`);
}

async function install(): Promise<void> {
  if (existsSync(COMMAND)) return;
  await run("python3", "-m", "venv", HOME);
  // It imports OpenSSL without asking for it.
  const packages = [`model-signing==${VERSION}`, "pyopenssl==26.4.0"];
  await run(join(HOME, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", ...packages);
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END CERTIFICATE-----\n`;
const secret = ({ privateKey }: Pair): string => privateKey.export({ type: "pkcs8", format: "pem" }) as string;

const FILES = {
  "README.md": "---\nlicense: mit\n---\n# Model\n\nA small model.\n",
  "config.json": '{"model_type":"bert"}',
  "data/vocabulary.txt": "a\nb\n",
};
const [team, root, leaf] = [pairOf("P-256"), pairOf("P-256"), pairOf("P-384")];
const authority = certificateOf({ subject: "root", issuer: "root", key: root, signedBy: root, ca: true });
const certificate = certificateOf({
  subject: "leaf",
  issuer: "root",
  key: leaf,
  signedBy: root,
  email: "ana@example.org",
});
writeFileSync(at("team.pem"), pemOf(team));
writeFileSync(at("root.pem"), pem(authority));

async function signed(...how: string[]): Promise<Record<string, string | Uint8Array>> {
  const path = join(MODEL, "model.sig");
  rmSync(path, { force: true });
  await run(COMMAND, "sign", ...how.slice(0, 1), MODEL, ...how.slice(1), "--signature", path);
  return { ...FILES, "model.sig": readFileSync(path) };
}

onOneMarketplace(
  "signatures by OpenSSF Model Signing",
  (server) => {
    beforeAll(async () => {
      await install();
      mkdirSync(join(MODEL, "data"), { recursive: true });
      for (const [path, content] of Object.entries(FILES)) writeFileSync(join(MODEL, path), content);
      writeFileSync(at("team.key"), secret(team));
      writeFileSync(at("leaf.key"), secret(leaf));
      writeFileSync(at("leaf.pem"), pem(certificate));
    }, 300_000);
    afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

    const said = async (files: Record<string, string | Uint8Array>, slug: string) => {
      const person = await server().person(slug);
      const { verdict } = await publish(server(), person, `${slug}/${slug}`, "1.0.0", files);
      const { meta } = await person.api("GET", `/assets/${slug}/${slug}/versions/1.0.0/attestations`, 200);
      const { state, signer, path } = meta.model_signature;
      const panel = await person.api("GET", `/assets/${slug}/${slug}/versions/1.0.0/trust`, 200);
      expect(panel.data.model_signature).toEqual({ state, signer });
      return { verdict, state, signer, path };
    };

    test("with a key are verified, and a changed byte is seen", async () => {
      const files = await signed("key", "--private_key", at("team.key"));
      const good = { verdict: "passed", state: "verified", signer: "team", path: "model.sig" };
      expect(await said(files, "keyed")).toEqual(good);
      const changed = { ...files, "config.json": '{"model_type":"bart"}' };
      expect(await said(changed, "changed")).toEqual({ ...good, verdict: "review", state: "does-not-match" });
    });

    test("with a certificate are verified down from the root", async () => {
      const files = await signed(
        "certificate",
        ...["--private_key", at("leaf.key"), "--signing_certificate", at("leaf.pem")],
        ...["--certificate_chain", at("root.pem")],
      );
      const good = { verdict: "passed", state: "verified", signer: "ana@example.org", path: "model.sig" };
      expect(await said(files, "certified")).toEqual(good);
    });

    test("that nobody here knows are compared with the files", async () => {
      writeFileSync(at("other.key"), secret(pairOf("P-256")));
      const found = await said(await signed("key", "--private_key", at("other.key")), "foreign");
      expect(found).toMatchObject({ verdict: "passed", state: "content-matches" });
      expect(await said(FILES, "bare")).toEqual({ verdict: "passed", state: "none", signer: null, path: null });
    });
  },
  { MARKETPLACE_SIGNING_MODEL_KEYS: at("team.pem"), MARKETPLACE_SIGNING_MODEL_ROOTS: at("root.pem") },
);
