import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createClamavScanner } from "../../src/platform/scanning/clamav.ts";
import { type ClamavAddress, clamavVersion } from "../../src/platform/scanning/clamav-client.ts";
import { createClamavWatch } from "../../src/platform/scanning/clamav-watch.ts";
import { withNestedFiles } from "../../src/platform/scanning/nested-files.ts";
import { briefly, scanWith, targetOf, zipOf } from "../../src/platform/scanning/target.fixture.ts";
import { type Clamd, startClamd } from "../support/clamd.ts";

// Debian's clamd, with signatures of our own: its database cannot be fetched here.

const EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
const PAYLOAD = "a payload that only this test knows";
const md5 = (text: string) => new Bun.CryptoHasher("md5").update(text).digest("hex");
const hex = (text: string) => Buffer.from(text).toString("hex");

let clamd: Clamd;
const settingsOf = (address: ClamavAddress) => ({ address, timeoutMs: 20_000, maxBytes: 64 * 2 ** 20 });

beforeAll(async () => {
  const signatures = {
    // name.hdb: hash:size:name; name.ndb: name:type:offset:hex.
    "own.hdb": `${md5(EICAR)}:${EICAR.length}:Own.Eicar-Test\n`,
    "own.ndb": `Own.Payload-1:0:*:${hex(PAYLOAD)}\n`,
  };
  clamd = await startClamd(signatures, (address) =>
    clamavVersion({ ...settingsOf(address), timeoutMs: 2_000 }).then(
      () => true,
      () => false,
    ),
  );
}, 60_000);
afterAll(() => clamd?.stop());

describe.each(["unix", "tcp"] as const)("over %s", (way) => {
  const scanner = () => createClamavScanner(settingsOf(clamd[way]));

  test("finds by hash and by content, in small files, large ones and archives, and nothing in the others", async () => {
    const large = Buffer.concat([Buffer.alloc(3 * 2 ** 20, 7), Buffer.from(PAYLOAD), Buffer.alloc(200_000, 9)]);
    const files = {
      "SKILL.md": "# An honest skill\n",
      "eicar.txt": EICAR,
      "large.bin": large,
      "a.zip": zipOf([{ name: "x.txt", bytes: Buffer.from(PAYLOAD) }]),
    };
    const target = await withNestedFiles(targetOf(files), new AbortController().signal);
    expect(briefly(await scanWith(scanner(), target))).toEqual([
      "Own.Eicar-Test.UNOFFICIAL critical eicar.txt",
      "Own.Payload-1.UNOFFICIAL critical large.bin",
      "Own.Payload-1.UNOFFICIAL critical a.zip",
      "Own.Payload-1.UNOFFICIAL critical a.zip!/x.txt",
    ]);
  });

  test("an encrypted archive is flagged as not looked into", async () => {
    const zip = zipOf([{ name: "x.txt", bytes: Buffer.from("0123456789abcdef"), encrypted: true }]);
    expect(briefly(await scanWith(scanner(), targetOf({ "a.zip": zip })))).toEqual(["encrypted high a.zip"]);
  });

  test("a file beyond clamd's own limit is one that was not looked at", async () => {
    const target = targetOf({ "huge.bin": new Uint8Array(24 * 2 ** 20), "z.txt": PAYLOAD });
    expect(briefly(await scanWith(scanner(), target))).toEqual([
      "not-scanned high huge.bin",
      "Own.Payload-1.UNOFFICIAL critical z.txt",
    ]);
  });

  test("five hundred files, one after another", async () => {
    const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`f${i}.txt`, `text ${i}`]));
    expect(await scanWith(scanner(), targetOf({ ...files, "last.txt": PAYLOAD }))).toHaveLength(1);
  });
});

test("says which engine and database it has", async () => {
  expect(await createClamavWatch(settingsOf(clamd.unix)).refresh()).toMatch(/^\d+\.\d+\.\d+/);
});
