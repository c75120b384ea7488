import { expect, test } from "bun:test";
import { t } from "elysia";
import { AppError } from "../../core/error.ts";
import {
  createAccountsServer,
  createBrowser,
  onSqlite,
  PASSWORD,
  register,
  type SendOptions,
} from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { contextOf } from "./request-context.ts";

const FORM = "application/x-www-form-urlencoded";

onSqlite("requests from other sites", (open) => {
  const start = async () => {
    const server = createAccountsServer({
      database: await open(),
      publicUrl: "https://marketplace.test",
      routes: (app) =>
        app
          .get("/form", ({ request }) => contextOf(request).csrfToken)
          .all("/change", async ({ request }) => (await request.formData().catch(() => null))?.get("name") ?? "done", {
            parse: "none",
          })
          .post("/api/v1/change", () => "done"),
    });
    const { access_token } = await register(server, "ada");
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const token = await (await browser.visit("GET", "/form")).text();
    const cookie = `session=${browser.jar.get("session")}`;
    const key = (
      await (await server.send("POST", "/api/v1/me/api-keys", { token: access_token, json: { name: "k" } })).json()
    ).data.key;
    return { server, token, cookie, access_token, key };
  };

  test("a session's change needs the token and an own origin, whatever the method and the path", async () => {
    const { server, token, cookie } = await start();
    const good = { "X-CSRF-Token": token };
    const cases: [string, number, Record<string, string>][] = [
      ["token alone", 200, good],
      ["own page", 200, { ...good, "Sec-Fetch-Site": "same-origin" }],
      ["typed in", 200, { ...good, "Sec-Fetch-Site": "none" }],
      ["public origin", 200, { ...good, Origin: "https://marketplace.test" }],
      ["own host", 200, { ...good, Origin: "http://localhost" }],
      ["own referer", 200, { ...good, Referer: "https://marketplace.test/x" }],
      ["nothing", 403, {}],
      ["no token", 403, { "Sec-Fetch-Site": "same-origin", Origin: "https://marketplace.test" }],
      ["wrong token", 403, { "X-CSRF-Token": `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}` }],
      ["empty token", 403, { "X-CSRF-Token": "" }],
      ["other site", 403, { ...good, "Sec-Fetch-Site": "cross-site" }],
      ["sibling host", 403, { ...good, "Sec-Fetch-Site": "same-site" }],
      ["other origin", 403, { ...good, Origin: "https://evil.test" }],
      ["origin that begins alike", 403, { ...good, Origin: "https://marketplace.test.evil.test" }],
      ["null origin", 403, { ...good, Origin: "null" }],
      ["other referer", 403, { ...good, Referer: "https://evil.test/marketplace.test" }],
      ["rubbish referer", 403, { ...good, Referer: "x" }],
    ];
    for (const [name, status, headers] of cases)
      for (const [method, path] of [
        ["POST", "/change"],
        ["PUT", "/change"],
        ["PATCH", "/change"],
        ["DELETE", "/change"],
        ["POST", "/api/v1/change"],
      ] as const) {
        const response = await server.send(method, path, { cookie, headers });
        expect(`${name} ${method} ${path} ${response.status}`).toBe(`${name} ${method} ${path} ${status}`);
      }
    expect((await server.send("GET", "/change", { cookie, headers: { "Sec-Fetch-Site": "cross-site" } })).status).toBe(
      200,
    );
  });

  test("a form's token may come as a field, also as the first one of a multipart form, and the body arrives whole", async () => {
    const { server, token, cookie } = await start();
    const post = async (body: BodyInit, type?: string) => {
      const headers: Record<string, string> = type ? { "Content-Type": type } : {};
      const response = await server.send("POST", "/change", { cookie, body, headers });
      return response.status === 200 ? response.text() : response.status;
    };
    expect(await post(`csrf_token=${token}&name=x%2By`, FORM)).toBe("x+y");
    expect(await post("csrf_token=wrong&name=x", FORM)).toBe(403);
    expect(await post(`name=x`, FORM)).toBe(403);
    expect(await post(`name=${"x".repeat(1024 * 1024)}`, FORM)).toBe(413);

    const multipart = (...fields: [string, string][]) => {
      const form = new FormData();
      for (const [name, value] of fields) form.append(name, value);
      return form;
    };
    const long = "y".repeat(300_000);
    expect(await post(multipart(["csrf_token", token], ["name", long]))).toBe(long);
    expect(await post(multipart(["csrf_token", token]))).toBe("done");
    expect(await post(multipart(["csrf_token", "wrong"], ["name", long]))).toBe(403);
    expect(await post(multipart(["name", long], ["csrf_token", token]))).toBe(403);
    expect(await post(multipart(["name", `\r\n\r\n${token}\r\n`]))).toBe(403);
    expect(await post("", "multipart/form-data; boundary=x")).toBe(403);
    expect(await post(`csrf_token=${token}`, "text/plain")).toBe(403);
  });

  test("tokens and keys need none; visitors need one for our own forms alone", async () => {
    const { server, access_token, key, token } = await start();
    const send = async (init: SendOptions, path = "/change") => (await server.send("POST", path, init)).status;
    const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.test" };
    expect(await send({ token: access_token, headers: foreign })).toBe(200);
    expect(await send({ headers: { "X-API-Key": key, ...foreign } })).toBe(200);

    expect(await send({}, "/api/v1/change")).toBe(200);
    expect(await send({ json: {} })).toBe(200);
    expect(await send({ json: {}, headers: foreign })).toBe(403);
    expect(await send({ headers: foreign }, "/api/v1/change")).toBe(403);
    for (const type of [FORM, "multipart/form-data; boundary=x", "text/plain", "TEXT/plain"])
      expect(await send({ body: "a=b", headers: { "Content-Type": type } })).toBe(403);
    expect(await send({ body: `csrf_token=${token}`, headers: { "Content-Type": FORM } })).toBe(403);
  });

  test("a visitor's token holds for that browser alone, and a planted cookie gives none", async () => {
    const { server } = await start();
    const page = async (cookie?: string) => server.send("GET", "/form", { cookie, headers: { Accept: "text/html" } });
    const first = await page();
    const cookie = first.headers.getSetCookie()[0]!.split(";")[0]!;
    const token = await first.text();
    const send = async (browser: string | undefined, sent: string) =>
      (
        await server.send("POST", "/change", {
          cookie: browser,
          headers: { "Content-Type": FORM, "X-CSRF-Token": sent },
        })
      ).status;
    expect(await send(cookie, token)).toBe(200);
    expect((await page(cookie)).headers.getSetCookie()).toEqual([]);
    expect(await (await page(cookie)).text()).toBe(token);
    expect(await send(undefined, token)).toBe(403);
    expect(await send((await page()).headers.getSetCookie()[0]!.split(";")[0]!, token)).toBe(403);
    expect(await send("visitor=planted.planted", token)).toBe(403);
    expect(await send("visitor=planted", "")).toBe(403);
    expect(await (await page("visitor=planted.planted")).text()).not.toBe("");
  });
});

onSqlite("every answer", (open) => {
  const start = async (options: { trustedProxies?: string[]; publicUrl?: string; rateLimits?: boolean } = {}) => {
    const server = createAccountsServer({
      ...options,
      database: await open(),
      routes: (app) =>
        app
          .get("/page", ({ request, set }) => {
            set.headers["content-type"] = "text/html;charset=utf-8";
            return contextOf(request).nonce;
          })
          .get("/file", ({ set }) => {
            set.headers["content-security-policy"] = "sandbox";
            set.headers["cache-control"] = "public, max-age=60";
            return "x";
          })
          .get("/redirect", () => Response.redirect("/elsewhere", 302))
          .get("/address", ({ request }) => contextOf(request).address)
          .get("/private", () => {
            throw new AppError("UNAUTHORIZED", "Sign in.");
          })
          .get("/broken", () => {
            throw new Error("secret internals");
          })
          .get("/api/broken", () => {
            throw new Error("secret internals");
          })
          .get("/api/busy", () => {
            throw Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
          })
          .get("/api/full", () => {
            throw new Error("write", { cause: Object.assign(new Error("no space"), { code: "ENOSPC" }) });
          })
          .get("/api/malformed", () => ({ x: "text" }) as never, { response: t.Object({ x: t.Number() }) })
          .post("/api/echo", ({ body }) => body, { body: t.Object({ a: t.Object({ b: t.Number() }) }) }),
    });
    return server;
  };

  test("carries the security headers, and what a route set itself stays", async () => {
    const { send } = await start();
    const page = await send("GET", "/page", { headers: { Accept: "text/html" } });
    const nonce = await page.text();
    const policy = page.headers.get("Content-Security-Policy")!;
    expect(policy).toContain(`script-src 'nonce-${nonce}';`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-");
    expect(page.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(await (await send("GET", "/page")).text()).not.toBe(nonce);
    for (const path of ["/page", "/file", "/redirect", "/api/echo", "/nowhere", "/api/v1/me"]) {
      const { headers } = await send("GET", path);
      expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
      expect(headers.get("Cross-Origin-Resource-Policy")).toBe("same-origin");
      expect(headers.get("Referrer-Policy")).toBe("same-origin");
      expect(headers.get("Permissions-Policy")).toContain("camera=()");
      expect(headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("Strict-Transport-Security")).toBe(null);
      expect(headers.get("Content-Security-Policy")).not.toBe(null);
    }
    const file = await send("GET", "/file");
    expect(file.headers.get("Content-Security-Policy")).toBe("sandbox");
    expect(file.headers.get("Cache-Control")).toBe("public, max-age=60");
  });

  test("errors: JSON for the API, a page for a browser, a fragment for htmx, without internals", async () => {
    const server = await start();
    const error = async (method: string, path: string, init: SendOptions = {}) => {
      const response = await server.send(method, path, init);
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      return { status: response.status, headers: response.headers, ...error, timestamp: error["timestamp"] };
    };
    const broken = await error("GET", "/api/broken", { headers: { "X-Request-Id": "my-request-1" } });
    expect(broken).toMatchObject({ status: 500, code: "INTERNAL_ERROR", request_id: "my-request-1", details: {} });
    expect(broken.headers.get("Cache-Control")).toBe("no-store");
    expect(JSON.stringify(broken)).not.toContain("internals");
    expect(broken.timestamp).toBe(server.clock.now().toISOString());
    const logged = server.lines.find((line) => line["level"] === "error");
    expect(logged).toMatchObject({ request_id: "my-request-1", path: "/api/broken" });
    expect(logged!["error"]).toContain("secret internals");

    expect(await error("GET", "/api/nowhere")).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(await error("GET", "/api/busy")).toMatchObject({ status: 503, code: "SERVICE_UNAVAILABLE" });
    expect(await error("GET", "/api/full")).toMatchObject({ status: 507, code: "INSUFFICIENT_STORAGE" });
    expect(await error("GET", "/api/malformed")).toMatchObject({ status: 500, code: "INTERNAL_ERROR" });
    expect(await error("POST", "/api/echo", { json: { a: { b: "x" } } })).toMatchObject({
      status: 422,
      code: "VALIDATION_ERROR",
      details: { fields: [{ field: "a.b" }] },
    });
    const bad = { body: "{", headers: { "Content-Type": "application/json" } };
    expect(await error("POST", "/api/echo", bad)).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
    expect(await error("GET", "/api/v1/me", { headers: { "X-Request-Id": "a\tb<script>" } })).not.toMatchObject({
      request_id: "a\tb<script>",
    });

    const html = { Accept: "text/html,application/xhtml+xml" };
    const page = await server.send("GET", "/broken", { headers: html });
    expect([page.status, page.headers.get("Content-Type")]).toEqual([500, "text/html;charset=utf-8"]);
    expect(await page.text()).toContain("<title>500</title>");
    const fragment = await server.send("GET", "/broken", { headers: { ...html, "HX-Request": "true" } });
    expect(await fragment.text()).toBe('<p role="alert">INTERNAL_ERROR</p>');
    const closed = await server.send("GET", "/private?a=1", { headers: html });
    expect([closed.status, closed.headers.get("Location")]).toEqual([303, "/sign-in?next=%2Fprivate%3Fa%3D1"]);
    expect(
      (await server.send("GET", "/private", { headers: { "HX-Request": "true" } })).headers.get("HX-Redirect"),
    ).toBe("/sign-in");
  });

  test("is logged in one line, without query, key or token", async () => {
    const server = await start();
    const { access_token } = await register(server, "ada");
    await server.send("GET", "/page?token=topsecret", { token: access_token });
    await server.send("GET", "/k/mkt_secretkey/rest", {});
    const logged = server.lines.filter((line) => line["message"] === "request");
    expect(logged.at(-2)).toMatchObject({
      method: "GET",
      path: "/page",
      status: 200,
      user: "ada",
      via: "access-token",
    });
    expect(logged.at(-1)).toMatchObject({ path: "/k/…/rest", status: 404 });
    const text = JSON.stringify(server.lines);
    for (const secret of ["topsecret", "secretkey", access_token, PASSWORD]) expect(text).not.toContain(secret);
  });

  test("believes proxies that are trusted, and no others", async () => {
    const behind = {
      address: "10.1.2.3",
      headers: { "X-Forwarded-For": "6.6.6.6, 198.51.100.7, 10.9.9.9", "X-Forwarded-Proto": "https" },
    };
    const trusting = await start({ trustedProxies: ["10.0.0.0/8"] });
    const seen = await trusting.send("GET", "/address", behind);
    expect(await seen.text()).toBe("198.51.100.7");
    expect(seen.headers.get("Strict-Transport-Security")).toContain("max-age=");
    expect(await (await trusting.send("GET", "/address", { ...behind, address: "192.0.2.9" })).text()).toBe(
      "192.0.2.9",
    );
    const garbled = { address: "10.1.2.3", headers: { "X-Forwarded-For": "1.2.3.4, not-an-address" } };
    expect(await (await trusting.send("GET", "/address", garbled)).text()).toBe("10.1.2.3");
    const wary = await start();
    const direct = await wary.send("GET", "/address", behind);
    expect(await direct.text()).toBe("10.1.2.3");
    expect(direct.headers.get("Strict-Transport-Security")).toBe(null);
  });

  test("over https cookies bear the __Host- prefix, and others are not read", async () => {
    const server = await start({ trustedProxies: ["10.0.0.0/8"], publicUrl: "https://localhost" });
    await register(server, "ada");
    const proxied = { "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.5" };
    const at = { address: "10.0.0.1" };
    const form = await server.send("GET", "/sign-in", { ...at, headers: { ...proxied, Accept: "text/html" } });
    const cookie = form.headers.getSetCookie()[0]!;
    expect(cookie).toMatch(/^__Host-visitor=.*; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/);
    const token = /name="csrf_token" value="([^"]+)"/.exec(await form.text())![1]!;
    const body = new URLSearchParams({ csrf_token: token, username: "ada", password: PASSWORD }).toString();
    const headers = { ...proxied, "Content-Type": FORM };
    const signedIn = await server.send("POST", "/sign-in", { ...at, body, cookie: cookie.split(";")[0], headers });
    const session = signedIn.headers.getSetCookie()[0]!;
    expect(session).toMatch(/^__Host-session=[^;]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    const as = async (value: string) =>
      (
        await server.send("GET", "/settings/profile", {
          ...at,
          cookie: value,
          headers: { ...proxied, Accept: "text/html" },
        })
      ).status;
    const pair = session.split(";")[0]!;
    expect(await as(pair)).toBe(200);
    expect(await as(pair.replace("__Host-", ""))).toBe(303);
  });

  test("refuses requests that could be read in two ways", async () => {
    const { send } = await start();
    const twofold: Record<string, string>[] = [
      { Host: "a b" },
      { Host: "evil.test/x" },
      { Host: "user@evil.test" },
      { "Content-Length": "5, 5" },
      { "Content-Length": "+5" },
      { "Content-Length": "5", "Transfer-Encoding": "chunked" },
    ];
    for (const headers of twofold) expect((await send("POST", "/api/echo", { headers })).status).toBe(400);
  });

  test("counts by person or address, refuses with Retry-After, and lets go with time", async () => {
    const server = await start({ rateLimits: true });
    const { access_token: token } = await register(server, "ada");
    const login = (address: string) =>
      server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: "wrong password" }, address });
    for (let i = 0; i < 5; i++) expect((await login("2001:db8:1:2::1")).status).toBe(401);
    const refused = await login("2001:db8:1:2:ffff::9");
    expect([refused.status, (await refused.json()).error.code]).toEqual([429, "RATE_LIMIT_EXCEEDED"]);
    expect(refused.headers.get("X-RateLimit-Limit")).toBe("5");
    expect(refused.headers.get("X-RateLimit-Remaining")).toBe("0");
    expect(Number(refused.headers.get("Retry-After"))).toBe(12);
    expect(Number(refused.headers.get("X-RateLimit-Reset"))).toBe(Math.ceil(server.clock.now().getTime() / 1000 + 60));
    expect((await login("2001:db8:1:3::1")).status).toBe(401);
    server.clock.move(12_000);
    expect((await login("2001:db8:1:2::1")).status).toBe(401);

    const from = async (address: string, init: SendOptions) =>
      (await server.send("GET", "/api/v1/me", { ...init, address })).headers;
    const first = await from("192.0.2.50", { token });
    expect(first.get("X-RateLimit-Limit")).toBe("1000");
    expect(Number((await from("192.0.2.51", { token })).get("X-RateLimit-Remaining"))).toBe(
      Number(first.get("X-RateLimit-Remaining")) - 1,
    );
    expect((await from("192.0.2.52", {})).get("X-RateLimit-Remaining")).toBe("999");
    expect((await server.send("GET", "/healthz")).headers.get("X-RateLimit-Limit")).toBe(null);
  });

  test("mistyped registrations are not counted; bad tokens are", async () => {
    const server = await start({ rateLimits: true });
    const attempt = async (json: object) => (await server.send("POST", "/api/v1/auth/register", { json })).status;
    for (let i = 0; i < 5; i++) expect(await attempt({ username: "Bad Name", email: "x", password: "x" })).toBe(422);
    for (let i = 0; i < 3; i++) await register(server, `user-${i}`);
    expect(await attempt({ username: "user-9", email: "u9@example.org", password: PASSWORD })).toBe(429);
    const guess = async () => (await server.send("GET", "/api/v1/me", { token: "x", address: "192.0.2.77" })).status;
    const statuses = new Set<number>();
    for (let i = 0; i < 1001; i++) statuses.add(await guess());
    expect([...statuses]).toEqual([401, 429]);
  });
});

eachDatabase("Idempotency-Key", (open) => {
  const start = async () => {
    let runs = 0;
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = createAccountsServer({
      database: await open(),
      routes: (app) =>
        app
          .post("/api/count", ({ set }) => {
            set.status = 201;
            set.headers["location"] = "/api/made";
            return { runs: ++runs };
          })
          .post("/api/slow", async () => {
            await held;
            return { runs: ++runs };
          })
          .post("/api/form", () => ({ runs: ++runs }))
          .post("/api/failing", () => {
            runs++;
            throw new AppError("CONFLICT", "No.");
          })
          .post("/api/large", () => ({ runs: ++runs, text: "x".repeat(300_000) })),
    });
    const { access_token: token } = await register(server, "ada");
    const post = (path: string, key: string, json: unknown = {}, by = token) =>
      server.send("POST", path, { token: by, json, headers: { "Idempotency-Key": key } });
    return { server, post, release, token, runs: () => runs };
  };

  test("the same request runs once and is answered alike", async () => {
    const { server, post, runs } = await start();
    const first = await post("/api/count", "a");
    const second = await post("/api/count", "a");
    expect([first.status, await first.json()]).toEqual([201, { runs: 1 }]);
    expect([second.status, await second.json()]).toEqual([201, { runs: 1 }]);
    expect(second.headers.get("Location")).toBe("/api/made");
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect((await post("/api/count", "a", { other: 1 })).status).toBe(422);
    expect((await post("/api/large", "a")).status).toBe(422);
    expect((await post("/api/count", "b")).status).toBe(201);
    const bob = await register(server, "bob");
    expect(await (await post("/api/count", "a", {}, bob.access_token)).json()).toEqual({ runs: 3 });
    expect((await post("/api/count", "ü".repeat(3))).status).toBe(422);
    expect(runs()).toBe(3);
  });

  test("every byte of a form counts, but not the boundary, which is new each time", async () => {
    const { server, token, runs } = await start();
    const post = (content: string) => {
      const form = new FormData();
      form.append("file", new File([content], "a.bin"));
      return server.send("POST", "/api/form", { token, body: form, headers: { "Idempotency-Key": "a" } });
    };
    expect(await (await post("one")).json()).toEqual({ runs: 1 });
    expect(await (await post("one")).json()).toEqual({ runs: 1 });
    expect([(await post("two")).status, (await post("longer")).status, (await post("")).status]).toEqual([
      422, 422, 422,
    ]);
    expect(runs()).toBe(1);
  });

  test("of twenty at once one runs; the others hear that it is running", async () => {
    const { post, release, runs } = await start();
    const statuses: number[] = [];
    const all = Array.from({ length: 20 }, async () => {
      statuses.push((await post("/api/slow", "a")).status);
      if (statuses.length === 19) release();
    });
    await Promise.all(all);
    expect(statuses).toEqual([...Array<number>(19).fill(409), 200]);
    expect(runs()).toBe(1);
  });

  test("refusals free the key; secrets and large answers are not kept, nor run again", async () => {
    const { server, post, token, runs } = await start();
    expect((await post("/api/failing", "a")).status).toBe(409);
    expect((await post("/api/failing", "a")).status).toBe(409);
    expect(runs()).toBe(2);
    expect((await post("/api/large", "b")).status).toBe(200);
    expect((await post("/api/large", "b")).status).toBe(409);
    expect(runs()).toBe(3);
    const made = await post("/api/v1/me/api-keys", "c", { name: "ci" });
    const { key } = (await made.json()).data;
    expect((await post("/api/v1/me/api-keys", "c", { name: "ci" })).status).toBe(409);
    const rows = JSON.stringify(await server.database.read.selectFrom("idempotency_keys").selectAll().execute());
    expect(rows).not.toContain(key);
    expect((await (await server.send("GET", "/api/v1/me/api-keys", { token })).json()).data).toHaveLength(1);
  });
});
