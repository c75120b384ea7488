import { expect, setDefaultTimeout, test } from "bun:test";
import { type Client, eachMarketplace, type Json, onOneMarketplace, publish, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { startSmtpServer } from "../support/smtp-server.ts";

// Each test waits for several scans.
setDefaultTimeout(30_000);

const report = (client: Client, status: number, json: object) => client.api("POST", "/reports", status, { json });
const about = (asset: string, extra: object = {}) => ({
  asset,
  category: "malware",
  text: "It phones home.",
  ...extra,
});
const openReports = async (moderator: Client): Promise<Json[]> =>
  (await moderator.api("GET", "/admin/reports?per_page=100", 200)).data;

eachMarketplace("reports of readers", (server) => {
  test("a reader reports, a moderator acts and answers, and the publisher never learns who it was", async () => {
    const publisher = await server().person("rp-pub");
    const reader = await server().person("rp-secret-reader");
    const mod = await server().person("rp-mod", "moderator");
    const { id } = await publish(server(), publisher, "rp-pub/tool", "1.0.0", skill("tool"));
    const { data } = await report(reader, 201, about("rp-pub/tool", { version: "1.0.0" }));
    const found = (await openReports(mod)).find((one) => one.id === data.id);
    expect(found).toMatchObject({
      reporter: "rp-secret-reader",
      version: "1.0.0",
      version_id: id,
      category: "malware",
    });
    expect((await mod.api("GET", `/admin/reviews/${id}`, 200)).data.reports).toMatchObject([{ id: data.id }]);

    const take = { action: "review", reason: "To look again." };
    await mod.api("POST", `/admin/reports/${data.id}/take-up`, 200, { json: take });
    await server().stranger.api("GET", "/assets/rp-pub/tool", 404);
    expect((await mod.api("GET", "/admin/reviews?reason=report&per_page=100", 200)).data).toMatchObject([
      { version_id: id, reports: 1 },
    ]);
    await mod.api("POST", `/admin/reports/${data.id}/take-up`, 200, { json: { ...take, action: "block" } });
    expect((await publisher.api("GET", "/assets/rp-pub/tool/versions/1.0.0", 200)).data.status).toBe("blocked");
    await mod.api("POST", `/admin/reports/${data.id}/dismiss`, 422, { json: {} });
    const [one, two] = await Promise.all(
      ["resolve", "dismiss"].map((how) =>
        mod.send("POST", `/api/v1/admin/reports/${data.id}/${how}`, { json: { answer: "Thank you." } }),
      ),
    );
    expect([one!.status, two!.status].sort()).toEqual([200, 409]);
    const mine = (await reader.api("GET", "/me/reports", 200)).data;
    expect(mine).toMatchObject([{ asset: "rp-pub/tool", answer: "Thank you." }]);
    expect(mine[0].status).not.toBe("open");
    expect(await (await reader.send("GET", "/settings/reports")).text()).toContain("Thank you.");

    // Every road on which the publisher could learn of it.
    for (const path of [
      "/api/v1/assets/rp-pub/tool",
      "/api/v1/assets/rp-pub/tool/versions/1.0.0",
      "/api/v1/assets/rp-pub/tool/versions/1.0.0/scans",
      "/api/v1/me/reports",
      "/rp-pub/tool",
      "/rp-pub/tool/security",
      "/dashboard",
    ])
      expect([path, (await (await publisher.send("GET", path)).text()).includes("rp-secret")]).toEqual([path, false]);
    for (const path of ["/admin/reports", `/admin/reports/${data.id}`]) await publisher.api("GET", path, 403);
    expect((await publisher.send("GET", `/moderation/reports/${data.id}`)).status).toBe(403);
  });

  test("a moderator does not wave away what readers report about their own publication", async () => {
    const own = await server().person("rw-mod", "moderator");
    const other = await server().person("rw-other", "moderator");
    const reader = await server().person("rw-reader");
    await publish(server(), own, "rw-mod/tool", "1.0.0", skill("tool"));
    const { data } = await report(reader, 201, about("rw-mod/tool"));
    const close = (who: Client, how: string, status: number) =>
      who.api("POST", `/admin/reports/${data.id}/${how}`, status, { json: { answer: "It is fine." } });
    await close(own, "dismiss", 403);
    await close(own, "resolve", 403);
    expect((await openReports(other)).map(({ id }) => id)).toContain(data.id);
    await close(other, "dismiss", 200);
  });

  test("a person has one open report on an asset, however fast, and may report it again when that is closed", async () => {
    const publisher = await server().person("ro-pub");
    const reader = await server().person("ro-reader");
    const mod = await server().person("ro-mod", "moderator");
    await publish(server(), publisher, "ro-pub/tool", "1.0.0", skill("tool"));
    const answers = await Promise.all(
      [1, 2, 3].map(() => reader.send("POST", "/api/v1/reports", { json: about("ro-pub/tool") })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const { data } = await reader.api("GET", "/me/reports", 200);
    expect(data).toHaveLength(1);
    await mod.api("POST", `/admin/reports/${data[0].id}/dismiss`, 200, { json: { answer: "It is fine." } });
    await report(reader, 201, about("ro-pub/tool"));
    await report(mod, 201, about("ro-pub/tool"));
  });

  test("what cannot be reported is said; what one may not see does not exist", async () => {
    const publisher = await server().person("rv-pub");
    const reader = await server().person("rv-reader");
    const { id } = await publish(server(), publisher, "rv-pub/mine", "1.0.0", skill("mine"), { visibility: "private" });
    await report(server().stranger, 401, about("rv-pub/mine"));
    await report(reader, 404, about("rv-pub/mine"));
    await report(reader, 404, { ...about(""), asset: undefined, version: id });
    await report(reader, 422, { category: "malware", text: "Where?" });
    await publish(server(), publisher, "rv-pub/open", "1.0.0", skill("open"));
    await report(reader, 422, about("rv-pub/open", { category: "ugly" }));
    await report(reader, 422, about("rv-pub/open", { text: "  " }));
    await report(reader, 404, about("rv-pub/open", { version: "9.9.9" }));
    const form = await (await reader.send("GET", "/rv-pub/open/report?version=1.0.0")).text();
    expect(form).toContain("Prompt injection");
    expect((await reader.send("GET", "/rv-pub/mine/report")).status).toBe(404);
    expect(await (await reader.send("GET", "/rv-pub/open")).text()).toContain("/rv-pub/open/report?version=1.0.0");
  });
});

onOneMarketplace(
  "how often one may report",
  (server) => {
    test("so many in an hour", async () => {
      const publisher = await server().person("pub");
      const reader = await server().person("reader");
      for (const slug of ["one", "two", "three"])
        await publish(server(), publisher, `pub/${slug}`, "1.0.0", skill(slug, { body: `Only about ${slug}.\n` }));
      await report(reader, 201, about("pub/one"));
      await report(reader, 201, about("pub/two"));
      const refused = await reader.send("POST", "/api/v1/reports", { json: about("pub/three") });
      expect([refused.status, Number(refused.headers.get("Retry-After")) > 0]).toEqual([429, true]);
    });
  },
  { MARKETPLACE_RATE_LIMITS_ENABLED: "true", MARKETPLACE_RATE_LIMITS_REPORTS_PER_HOUR: "2" },
);

const smtp = await startSmtpServer();
onOneMarketplace(
  "mails about reviews and reports",
  (server) => {
    test("a publisher reads what to change, a reporter what came of their report", async () => {
      const publisher = await server().person("pub");
      const reader = await server().person("reader");
      const mod = await server().person("mod", "moderator");
      const { id } = await publish(
        server(),
        publisher,
        "pub/held",
        "1.0.0",
        skill("held", { license: "AGPL-3.0-only" }),
      );
      const json = { message: "https://evil.example" };
      await mod.api("POST", `/admin/reviews/${id}/request-changes`, 200, { json });
      await publish(server(), publisher, "pub/fine", "1.0.0", skill("fine", { body: "Fine.\n" }));
      const { data } = await report(reader, 201, about("pub/fine"));
      await mod.api("POST", `/admin/reports/${data.id}/resolve`, 200, { json: { answer: "It is mended." } });
      await until("two mails", () => smtp.mails.length === 2);
      const mailTo = (who: string) => smtp.mails.find((mail) => mail.to.includes(`${who}@example.org`))!;
      expect(mailTo("pub").header("Subject")).toContain("pub/held 1.0.0");
      expect(mailTo("pub").text).toContain("“https://evil.example”");
      expect(mailTo("reader").text).toContain("It is mended.");
      expect(smtp.mails.map((mail) => mail.raw).join()).not.toContain("mod@example.org");
      await smtp.stop();
    });
  },
  {
    MARKETPLACE_POLICY_LICENSES_ALLOW: "MIT",
    MARKETPLACE_MAIL_HOST: "localhost",
    MARKETPLACE_MAIL_PORT: String(smtp.port),
    MARKETPLACE_MAIL_SECURITY: "starttls",
    MARKETPLACE_MAIL_CA: smtp.ca,
    MARKETPLACE_MAIL_FROM: "market@example.org",
    MARKETPLACE_SERVER_PUBLIC_URL: "http://localhost",
  },
);
