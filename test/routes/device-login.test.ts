import { expect, setDefaultTimeout, test } from "bun:test";
import { eachMarketplace, type Json, PASSWORD } from "../support/marketplace.ts";
import { createVisitor } from "../support/visitor.ts";

setDefaultTimeout(60_000);

const GRANT = "urn:ietf:params:oauth:grant-type:device_code";

eachMarketplace("device login (RFC 8628)", (server) => {
  const post = async (path: string, fields: Record<string, string>, type: "form" | "json" = "json"): Promise<Json> => {
    const response = await server().stranger.send("POST", `/api/v1/auth/${path}`, {
      ...(type === "json" ? { json: fields } : { body: new URLSearchParams(fields) }),
    });
    return { status: response.status, caching: response.headers.get("Cache-Control"), ...(await response.json()) };
  };
  const begin = () => post("device/code", { client_id: "a tool", hostname: "build-7" });
  const browser = async (username: string) => {
    const visitor = createVisitor(server().url);
    await visitor.signIn(username, PASSWORD);
    return visitor;
  };
  const decide = async (username: string, user_code: string, decision: "approve" | "deny") => {
    const visitor = await browser(username);
    const page = await (await visitor.submit("/device", { user_code })).text();
    return visitor.submitFrom(page, "/device/decision", { user_code, decision });
  };

  test("an OAuth client of its own, with forms: code, pending, too fast, approved, tokens, renewed", async () => {
    await server().person("anna");
    const start = await post("device/code", { client_id: "x\u202ey", hostname: "h\u0000ost" }, "form");
    expect(start).toMatchObject({
      status: 200,
      expires_in: 600,
      interval: 5,
      verification_uri: `${server().url}/device`,
    });
    expect(start.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(start.verification_uri_complete).toBe(`${server().url}/device?user_code=${start.user_code}`);
    const poll = { grant_type: GRANT, device_code: start.device_code };
    expect(await post("token", poll, "form")).toMatchObject({
      status: 400,
      error: "authorization_pending",
      interval: 5,
    });
    expect(await post("device/token", poll, "form")).toMatchObject({ status: 400, error: "slow_down", interval: 10 });
    expect(await post("device/token", poll)).toMatchObject({ error: "slow_down", interval: 15 });
    expect((await decide("anna", start.user_code, "approve")).headers.get("Location")).toBe("/device/done?approved");
    const pair = await post("token", poll, "form");
    expect(pair).toMatchObject({ status: 200, token_type: "Bearer", caching: "no-store" });
    const as = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
    expect((await server().stranger.api("GET", "/me", 200, as(pair.access_token))).data.username).toBe("anna");
    const refresh = { grant_type: "refresh_token", refresh_token: pair.refresh_token };
    const renewed = await post("token", refresh, "form");
    expect(renewed.status).toBe(200);
    // Used twice: the whole sign-in ends.
    expect(await post("token", refresh)).toMatchObject({ status: 400, error: "invalid_grant" });
    await server().stranger.api("GET", "/me", 401, as(renewed.access_token));
    expect(await post("token", { grant_type: "password" })).toMatchObject({ error: "unsupported_grant_type" });
    expect(await post("device/token", {})).toMatchObject({ status: 400, error: "invalid_request" });
    expect(await post("device/token", { device_code: "mkd_none" })).toMatchObject({ error: "invalid_grant" });
  });

  test("of fifty polls at once one gets the tokens", async () => {
    await server().person("ben");
    const { device_code, user_code } = await begin();
    await decide("ben", user_code, "approve");
    const answers = await Promise.all(Array.from({ length: 50 }, () => post("device/token", { device_code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ error }) => error === "invalid_grant")).toHaveLength(49);
  });

  test("a code is decided about once, by a person at a browser who sees what asks", async () => {
    const cleo = await server().person("cleo");
    const { device_code, user_code } = await begin();
    const stranger = createVisitor(server().url);
    const away = await stranger.visit("GET", `/device?user_code=${user_code}`);
    expect(away.status).toBe(303);
    expect(away.headers.get("Location")).toBe(`/sign-in?next=${encodeURIComponent(`/device?user_code=${user_code}`)}`);
    const visitor = await browser("cleo");
    const filled = await (await visitor.visit("GET", `/device?user_code=${user_code}`)).text();
    expect(filled).toContain(`value="${user_code}"`);
    expect(filled).not.toContain("build-7");
    const confirm = await (await visitor.submitFrom(filled, "/device", { user_code })).text();
    expect(confirm).toContain("a tool on build-7");
    expect(confirm).toContain("127.0.0.1");
    // Without the page's token, and with a token of the API: nothing.
    const fields = { user_code, decision: "approve" };
    expect((await visitor.visit("POST", "/device/decision", fields)).status).toBe(403);
    const headers = { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" };
    const byToken = { headers, body: new URLSearchParams(fields).toString() };
    expect((await cleo.send("POST", "/device/decision", byToken)).status).toBe(403);
    expect((await post("device/token", { device_code })).error).toBe("authorization_pending");
    expect((await visitor.submitFrom(confirm, "/device/decision", { user_code, decision: "deny" })).status).toBe(303);
    expect(await post("device/token", { device_code })).toMatchObject({ status: 400, error: "access_denied" });
    expect((await visitor.submitFrom(confirm, "/device/decision", fields)).status).toBe(422);
    for (const wrong of ["", "AAAA-AAAA", "BCDF-BCDF", "x".repeat(10_000)])
      expect((await visitor.submitFrom(filled, "/device", { user_code: wrong })).status).toBe(422);
  });

  test("what was signed in stands in the settings, and is ended there by its owner alone", async () => {
    await server().person("dora");
    await server().person("mallory");
    const { device_code, user_code } = await begin();
    await decide("dora", user_code, "approve");
    const { access_token } = await post("device/token", { device_code });
    const dora = await browser("dora");
    const page = await (await dora.visit("GET", "/settings/command-lines")).text();
    const id = /a tool on build-7[\s\S]*?command-lines\/([0-9a-f-]{36})\/revoke/.exec(page)?.[1];
    const mallory = await browser("mallory");
    const hers = await (await mallory.visit("GET", "/settings/command-lines")).text();
    expect(hers).not.toContain("build-7");
    const csrf = await (await mallory.visit("GET", "/settings/api-keys")).text();
    const path = `/settings/command-lines/${id}/revoke`;
    expect((await mallory.submitFrom(csrf, path, {})).status).toBe(404);
    const headers = { Authorization: `Bearer ${access_token}` };
    await server().stranger.api("GET", "/me", 200, { headers });
    expect((await dora.submitFrom(page, path, {})).status).toBe(303);
    await server().stranger.api("GET", "/me", 401, { headers });
  });
});
