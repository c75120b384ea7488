import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { startCiIssuer } from "../support/ci-issuer.ts";
import { commandLine } from "../support/command-line.ts";
import { onOneMarketplace } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

setDefaultTimeout(60_000);

const AUDIENCE = "https://marketplace.test";
const issuer = await startCiIssuer(AUDIENCE);
afterAll(() => issuer.stop());

onOneMarketplace(
  "publishing from CI without a stored key",
  (server) => {
    const CLAIMS = { repository: "acme/skills", repository_owner_id: "4711" };

    test("on GitHub the job asks its service for a token; on GitLab it is in a variable", async () => {
      const anna = await server().person("anna");
      const json = { slug: "tides", issuer: issuer.url, claims: CLAIMS };
      await anna.api("POST", "/namespaces/anna/trusted-publishers", 201, { json });
      const asked: (string | null)[] = [];
      const github = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        async fetch(request) {
          const audience = new URL(request.url).searchParams.get("audience");
          asked.push(request.headers.get("Authorization"), audience);
          return Response.json({ value: await issuer.token({ ...CLAIMS, aud: audience }) });
        },
      });
      const onGitHub = commandLine({
        MARKETPLACE_URL: server().url,
        ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url.origin}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of the runner",
      });
      const folder = onGitHub.folder("checkout", skill("tides"));
      const first = await onGitHub.run(["publish", folder]);
      expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining("trusted CI job of anna/tides") });
      expect(asked).toEqual(["Bearer of the runner", AUDIENCE]);
      await github.stop(true);

      const onGitLab = commandLine({ MARKETPLACE_URL: server().url, MARKETPLACE_ID_TOKEN: await issuer.token(CLAIMS) });
      const more = onGitLab.folder("build", skill("tides", { body: "# More\n" }));
      expect(await onGitLab.run(["publish", more, "--trusted", "--version", "2.0.0"])).toMatchObject({ code: 0 });
      const { data } = await server().stranger.api("GET", "/assets/anna/tides/versions/2.0.0", 200);
      expect(data.provenance).toMatchObject(CLAIMS);
      // Each token once; and a job that nobody trusts is told so.
      expect(await onGitLab.run(["publish", more, "--version", "2.1.0"])).toMatchObject({
        code: 4,
        stderr: expect.stringContaining("used already"),
      });
      const foreign = await issuer.token({ ...CLAIMS, repository: "acme/other" });
      const other = commandLine({ MARKETPLACE_URL: server().url, MARKETPLACE_ID_TOKEN: foreign });
      expect(await other.run(["publish", more])).toMatchObject({
        code: 4,
        stderr: expect.stringContaining("acme/other"),
      });
    });

    test("where there is no CI service it says what is missing, and a token that was given goes first", async () => {
      const ben = await server().person("ben");
      const line = commandLine({ MARKETPLACE_URL: server().url });
      const folder = line.folder("moon", skill("moon"));
      const lost = await line.run(["publish", folder, "--trusted"]);
      expect(lost).toMatchObject({ code: 4, stderr: expect.stringContaining("id-token: write") });
      const given = await line.run(["publish", folder, "--token", ben.token!], { env: { MARKETPLACE_ID_TOKEN: "x" } });
      expect(given).toMatchObject({ code: 0 });
    });
  },
  { MARKETPLACE_TRUSTED_PUBLISHING_ISSUERS: issuer.url, MARKETPLACE_TRUSTED_PUBLISHING_AUDIENCE: AUDIENCE },
);
