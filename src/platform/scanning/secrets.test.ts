import { describe, expect, test } from "bun:test";
import { githubChecksum } from "./secret-checks.ts";
import { createSecretsScanner } from "./secrets.ts";
import { briefly, scanWith, targetOf } from "./target.fixture.ts";

const scanner = createSecretsScanner();
const found = async (text: string) => briefly(await scanWith(scanner, targetOf({ "a.env": text })));

// Put together here, so that this file holds no text that looks like a secret.
const letters = "q7Zp2LxW9vKd4TnB8sHf3RmC6yGj1Ea5UoXiYkVb0NwQtJzPcMlSrDhFgOuIeAqZ";
const take = (count: number) => letters.repeat(3).slice(0, count);
const upper = (count: number) =>
  letters
    .toUpperCase()
    .replace(/[^A-Z2-7]/g, "")
    .repeat(3)
    .slice(0, count);
const hex = (count: number) => "9f3b71c0e84d2a65".repeat(10).slice(0, count);
function withChecksum(prefix: string, length = 30): string {
  const body = take(length);
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let crc = Bun.hash.crc32(body);
  let check = "";
  for (let i = 0; i < 6; i++, crc = Math.floor(crc / 62)) check = digits[crc % 62]! + check;
  return `${prefix}_${body}${check}`;
}

describe("issuers' formats are found", () => {
  const scenarios: [string, string][] = [
    ["aws-access-key high", `AKIA${upper(16)}`],
    ["github-token high", withChecksum("ghp")],
    ["marketplace-key high", withChecksum("mkt", 34)],
    ["gitlab-token high", `glpat-${take(20)}`],
    ["openai-key high", `sk-proj-${take(64)}`],
    ["anthropic-key high", `sk-ant-api03-${take(93)}AA`],
    ["google-api-key high", `AIza${take(35)}`],
    ["slack-token high", `xoxb-739182645013-${take(24)}`],
    ["stripe-key high", `sk_live_${take(24)}`],
    ["stripe-test-key low", `sk_test_${take(24)}`],
    ["huggingface-token high", `hf_${take(80).replace(/\d/g, "").slice(0, 34)}`],
    ["telegram-bot-token high", `739182645:AA${take(33)}`],
    ["databricks-token high", `dapi${hex(32)}`],
    ["url-password high", `postgres://app:${take(14)}@db.internal/app`],
    ["assigned-secret medium", `api_key = "${take(40)}"`],
    ["private-key high", `-----BEGIN PRIVATE KEY-----\nMIIE${take(124).replace(/(.{64})/g, "$1\n")}`],
    ["private-key medium", `-----BEGIN PRIVATE KEY-----\n${take(128).replace(/(.{64})/g, "$1\n")}`],
    ["private-key low", `-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE${take(124)}`],
    ["aws-access-key medium", `ASIA${upper(16)}`],
    [
      "gcp-service-account high",
      `{"private_key_id": "${hex(40)}", "private_key": "-----BEGIN PRIVATE KEY-----\\nMII${take(40)}"}`,
    ],
    ["azure-storage-key high", `AccountKey=${Buffer.from(take(64)).toString("base64")}`],
    ["azure-client-secret high", `${take(3)}8Q~${take(33)}`],
    ["discord-bot-token high", `${Buffer.from("739182645013847261").toString("base64")}.Gq7Zp2.${take(38)}`],
    ["npm-token high", withChecksum("npm")],
    ["openai-key high", `sk-${take(20)}T3BlbkFJ${take(20)}`],
    ["url-password medium", "https://app:tR0mbone@registry.acme.io/v2"],
    ["slack-webhook high", `https://hooks.slack.com/services/T03N6N6TT/B0DDGPA5S/${take(24)}`],
    ["twilio-token high", `AC${hex(32)}"\nAUTH_TOKEN = "${hex(32)}`],
    [
      "private-key high",
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from(`openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01${take(90)}`).toString("base64")}`,
    ],
    ["grafana-token high", `glsa_${take(32)}_${hex(8)}`],
    ["stripe-webhook-secret medium", `whsec_${take(32)}`],
    ["basic-authorization medium", `Authorization: Basic ${Buffer.from(`deploy:${take(18)}`).toString("base64")}`],
    ["bearer-token medium", `Authorization: Bearer ${take(40)}`],
    ["environment-secret medium", `\nSERVICE_TOKEN=${take(30)}`],
    ["assigned-secret medium", `"clientSecret": "${take(36)}"`],
    ["assigned-secret medium", `secret_key: '${hex(64)}'`],
    [
      "jwt medium",
      `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url")}.${Buffer.from('{"sub":"9","name":"n"}').toString("base64url")}.${take(43)}`,
    ],
  ];
  test.each(scenarios)("%s", async (expected, text) => {
    expect(await found(`first\nX=${text}\n`)).toEqual([expect.stringMatching(new RegExp(`^${expected} a.env:[23]$`))]);
  });
});

describe("examples of secrets are not", () => {
  const scenarios = [
    "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "sk-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "OPENAI_API_KEY=your-api-key",
    'api_key = "YOUR_API_KEY_GOES_HERE_PLEASE_REPLACE_IT"',
    "ghp_1234567890abcdefghijklmnopqrstuvwxyz",
    `ghp_${take(36)}`,
    "postgres://user:password@localhost:5432/db",
    "https://user:$" + "{TOKEN}@host.example/x",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
    "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "sk_live_000000000000000000000000",
    // The token of jwt.io, which every introduction shows.
    `${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString("base64url")}.${Buffer.from('{"sub":"1234567890","name":"John Doe"}').toString("base64url")}.${take(43)}`,
    `npm_${take(36)}`,
    "api_key = process.env.SERVICE_API_KEY_V2",
    'api_key: "os.environ/SERVICE_API_KEY_2"',
    'secret_key = "my-super-secret-signing-key-2024"',
    `cache_key = "${hex(64)}"`,
    `public_key = "${take(44)}"`,
    `"integrity_key": "${take(60)}"`,
    'token = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"',
    `# for example: api_key = "${take(40)}"`,
    `max_tokens = "${take(20)}"; next_page_token: "${take(30)}"`,
    'translation_key = "settings.accounts.password.title2"',
    `postgres://app:${take(14)}@localhost:5432/app`,
    `https://app:${take(14)}@example.com/x`,
    "Authorization: Bearer $TOKEN",
    `Authorization: Basic ${Buffer.from("user:password").toString("base64")}`,
    `commit ${hex(40)}`,
    `sha256:${hex(64)}`,
  ];
  test.each(scenarios)("%s", async (text) => {
    expect(await found(text)).toEqual([]);
  });
});

test("a secret in base64 is found, and none is shown", async () => {
  const token = withChecksum("ghp");
  const findings = await scanWith(
    scanner,
    targetOf({ "a.json": `{"x":"${Buffer.from(`token ${token}`).toString("base64")}"}`, "b.env": `T=${token}` }),
  );
  expect(briefly(findings)).toEqual(["github-token high a.json:1", "github-token high b.env:1"]);
  for (const finding of findings) expect(JSON.stringify(finding)).not.toContain(token.slice(0, 12));
});

test("GitHub's checksum tells a token from its likeness", () => {
  const token = withChecksum("ghp");
  expect(githubChecksum(token)).toBe(true);
  expect(githubChecksum(`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`)).toBe(false);
});
