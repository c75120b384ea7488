import { expect, test } from "bun:test";
import { createClient, eachMarketplace, type Marketplace, onOneMarketplace, PASSWORD } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const linkTo = (text: string): string => new URL(text).searchParams.get("token") ?? "";

eachMarketplace("without a mail server", (server) => {
  test("a link waits for an administrator, who sees it once it was proved who asks, and that is written down", async () => {
    const boss = await server().person("mail-boss", "admin");
    const ada = await server().person("mail-ada");
    const { data: said } = await server().stranger.api("POST", "/auth/forgot-password", 202, {
      json: { login: "mail-ada" },
    });
    expect(said.message).toContain("administrator");
    await server().app.jobs.runDue();
    await ada.api("GET", "/admin/mails", 403);
    const { data: mails } = await boss.api("GET", "/admin/mails", 200);
    const mail = mails.find((one: { to: string }) => one.to === "mail-ada@example.org");
    expect(mail).toMatchObject({ kind: "password-reset", status: "held", subject: "Set a new password" });
    expect(JSON.stringify(mails)).not.toContain("token=");

    const { data: shown } = await boss.api("POST", `/admin/mails/${mail.id}/open`, 200);
    const audit = await boss.api("GET", "/admin/audit?action=mail.opened", 200);
    expect(audit.data).toMatchObject([{ subject: { id: mail.id }, actor: { name: "mail-boss" } }]);
    const json = { token: linkTo(shown.link), password: "another horse battery" };
    await server().stranger.api("POST", "/auth/reset-password", 204, { json });
    await ada.api("GET", "/me", 401);

    const key = (
      await boss.api("POST", "/me/api-keys", 201, { json: { name: "robot", scopes: ["admin"], expires_in_days: 1 } })
    ).data.key;
    const robot = { headers: { Authorization: `Bearer ${key}` } };
    const refused = await server().stranger.api("POST", `/admin/mails/${mail.id}/open`, 403, robot);
    expect(refused.error.details).toEqual({ reauthenticate: true });
    const link = await server().stranger.api("POST", "/admin/users/mail-boss/reset-link", 403, robot);
    expect(link.error.details).toEqual({ reauthenticate: true });
    await boss.api("POST", "/admin/users/mail-ada/reset-link", 201);
  });
});

onOneMarketplace(
  "where addresses have to be confirmed",
  (server) => {
    test("nobody publishes before, whatever they sign in with; afterwards they do", async () => {
      const boss = await server().person("first", "admin");
      const account = { username: "ada", email: "ada@example.org", password: PASSWORD };
      const { data } = await server().stranger.api("POST", "/auth/register", 201, { json: account });
      expect(data.user.email_verified).toBe(false);
      const as = (token: string) => ({ Authorization: `Bearer ${token}` });
      const body = { json: { name: "ci", scopes: ["publish"], expires_in_days: 1 }, headers: as(data.access_token) };
      await server().stranger.api("POST", "/me/api-keys", 403, body);
      const refused = await put(server(), data.access_token);
      expect([refused.status, (await refused.json()).error.message]).toEqual([
        403,
        expect.stringContaining("Confirm your e-mail address"),
      ]);
      const { data: mails } = await boss.api("GET", "/admin/mails", 200);
      const { data: mail } = await boss.api("POST", `/admin/mails/${mails[0].id}/open`, 200);
      await server().stranger.api("POST", "/auth/verify-email", 200, { json: { token: linkTo(mail.link) } });
      const { key } = (await server().stranger.api("POST", "/me/api-keys", 201, body)).data;
      expect((await put(server(), key)).status).toBe(201);
      expect((await boss.put("first/mine", "1.0.0", skill("mine"))).status).toBe(201);
    });
  },
  { MARKETPLACE_ACCOUNTS_VERIFY_EMAIL: "true" },
);

const put = (server: Marketplace, token: string): Promise<Response> =>
  createClient(server.url, token).put("ada/mine", "1.0.0", skill("mine"));
