import { beforeAll, describe, expect, test } from "bun:test";
import { onOneMarketplace, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { cookiesOf, FORM, HTML, signInByForm, tokenIn } from "../support/forms.ts";
import { type RawAnswer, sendRaw } from "../support/raw-socket.ts";

/** Pages, lists, feeds, documents and files, as a stranger asks for them. */
const PUBLIC = [
  "/",
  "/search?q=tool",
  "/sign-in",
  "/register",
  "/ana/tool",
  "/api/v1/assets",
  "/api/v1/assets/ana/tool",
  "/api/v1/assets/ana/tool/versions/1.0.0",
  "/api/v1/assets/ana/tool/versions/1.0.0/download",
  "/api/v1/assets/ana/tool/versions/1.0.0/files/SKILL.md",
  "/api/v1/search?q=tool",
  "/api/v1/nothing",
  "/.well-known/jwks.json",
  "/healthz",
  "/readyz",
  "/openapi.json",
  "/feed.atom",
  "/no/such/page",
];

onOneMarketplace(
  "over real HTTP",
  (server) => {
    // Bun gives headers an absolute deadline of its own; it takes so long that everything else is tried meanwhile.
    const slowHeaders: Promise<RawAnswer>[] = [];
    beforeAll(() => {
      const head = "GET / HTTP/1.1\r\nHost: localhost\r\n";
      const drip = { everyMs: 500, withinMs: 60_000 };
      slowHeaders.push(sendRaw(server().url, `${head}X-Slow: `, { trickle: "a", ...drip }));
      slowHeaders.push(sendRaw(server().url, head, { trickle: "X-Slow: a\r\n", ...drip }));
      slowHeaders.push(sendRaw(server().url, "", { ...drip }));
    });

    const stage = (() => {
      let made: Promise<unknown> | undefined;
      return async () => {
        made ??= server()
          .person("ana")
          .then((ana) => publish(server(), ana, "ana/tool", "1.0.0", skill("tool")));
        await made;
      };
    })();

    test("no route lets another origin read, ask first, or frame", async () => {
      await stage();
      const origin = { Origin: "https://evil.test", "Sec-Fetch-Site": "cross-site" };
      const preflight = { ...origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-a" };
      for (const path of PUBLIC) {
        const read = await server().stranger.send("GET", path, { headers: { ...HTML, ...origin } });
        const asked = await server().stranger.send("OPTIONS", path, { headers: preflight });
        for (const { headers } of [read, asked])
          expect([path, [...headers.keys()].filter((name) => name.startsWith("access-control-"))]).toEqual([path, []]);
        expect([path, asked.ok]).toEqual([path, false]);
        expect([path, read.headers.get("X-Frame-Options"), read.headers.get("X-Content-Type-Options")]).toEqual([
          path,
          "DENY",
          "nosniff",
        ]);
        expect(read.headers.get("Content-Security-Policy")).toMatch(/default-src 'none'|frame-ancestors/);
        await read.body?.cancel();
      }
    });

    test("nothing is built from a Host or X-Forwarded-* that anybody may send", async () => {
      await stage();
      const headers = {
        Host: "evil.test",
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9",
        Forwarded: "host=evil.test;proto=https",
        "X-Original-URL": "/evil.test",
        "X-Rewrite-URL": "/evil.test",
      };
      for (const path of PUBLIC) {
        const response = await server().stranger.send("GET", path, { headers: { ...HTML, ...headers } });
        expect([path, JSON.stringify([...response.headers]).includes("evil.test")]).toEqual([path, false]);
        expect([path, (await response.text()).includes("evil.test")]).toEqual([path, false]);
        expect([path, response.headers.has("Strict-Transport-Security")]).toEqual([path, false]);
        expect(response.headers.getSetCookie().filter((cookie) => cookie.startsWith("__Host-"))).toEqual([]);
      }
      const metrics = await server().stranger.send("GET", "/metrics", { headers });
      expect(metrics.status).toBe(404);
    });

    test("what a stranger gets is asked for again, what somebody signed in gets is not kept", async () => {
      await stage();
      const session = cookiesOf(await signInByForm(server(), "ana"));
      expect(session).toStartWith("session=");
      for (const path of PUBLIC.filter((path) => !/jwks|openapi|healthz|readyz/.test(path))) {
        const open = await server().stranger.send("GET", path, { headers: HTML });
        expect([path, open.headers.get("Cache-Control")]).toEqual([
          path,
          expect.stringMatching(/^(?:private, )?no-cache$|^no-store$/),
        ]);
        if (open.headers.get("Cache-Control") !== "no-store")
          for (const name of ["Cookie", "Authorization", "X-API-Key", "HX-Request"])
            expect([path, open.headers.get("Vary")]).toEqual([path, expect.stringContaining(name)]);
        const own = await server().stranger.send("GET", path, { headers: { ...HTML, Cookie: session } });
        expect([path, own.headers.get("Cache-Control")]).toEqual([path, "no-store"]);
        await Promise.all([open.body?.cancel(), own.body?.cancel()]);
      }
    });

    test("signing in goes on to a page of this server, whatever `next` says", async () => {
      await stage();
      const tab = String.fromCharCode(9);
      for (const next of [
        "//evil.test",
        "///evil.test",
        "\\\\evil.test",
        "/\\evil.test",
        `/${tab}/evil.test`,
        "https://evil.test/",
        "https:evil.test",
        "//evil.test@localhost/",
        "javascript:alert(1)",
        "/%2f%2fevil.test/..//evil.test",
        "/./..//evil.test",
        "/\r\nLocation: https://evil.test",
      ]) {
        const page = await server().stranger.send("GET", `/sign-in?next=${encodeURIComponent(next)}`, {
          headers: HTML,
        });
        const inForm = /name="next" value="([^"]*)"/.exec(await page.text())?.[1] ?? "/";
        const response = await signInByForm(server(), "ana", next);
        for (const target of [inForm, response.headers.get("Location") ?? "none"])
          expect([next, new URL(target, "http://own.test").origin]).toEqual([next, "http://own.test"]);
        expect(response.status).toBe(303);
      }
    });

    test("a session's cookie is of no use to another site's forms", async () => {
      await stage();
      const session = cookiesOf(await signInByForm(server(), "ana"));
      const page = await server().stranger.send("GET", "/settings/profile", { headers: { ...HTML, Cookie: session } });
      const token = tokenIn(await page.text());
      const multipart = (fields: Record<string, string>) => {
        const form = new FormData();
        for (const [name, value] of Object.entries(fields)) form.append(name, value);
        return form;
      };
      const field = { display_name: "Ana" };
      const sends: [string, number, Record<string, string>, BodyInit][] = [
        ["form without token", 403, FORM, new URLSearchParams(field).toString()],
        ["multipart without token", 403, HTML, multipart(field)],
        ["multipart with a wrong token", 403, HTML, multipart({ csrf_token: "x".repeat(43), ...field })],
        ["htmx without token", 403, { ...FORM, "HX-Request": "true" }, new URLSearchParams(field).toString()],
        ["text/plain", 403, { ...HTML, "Content-Type": "text/plain" }, `csrf_token=${token}`],
        [
          "token, from another site",
          403,
          { ...FORM, "Sec-Fetch-Site": "cross-site" },
          new URLSearchParams({ csrf_token: token, ...field }).toString(),
        ],
        [
          "token, from a neighbour",
          403,
          { ...FORM, Origin: "https://evil.test" },
          new URLSearchParams({ csrf_token: token, ...field }).toString(),
        ],
        ["own form", 303, FORM, new URLSearchParams({ csrf_token: token, ...field }).toString()],
        [
          "own htmx",
          200,
          { ...FORM, "HX-Request": "true", "X-CSRF-Token": token },
          new URLSearchParams(field).toString(),
        ],
      ];
      for (const [name, status, headers, body] of sends) {
        const response = await server().stranger.send("POST", "/settings/profile", {
          headers: { ...headers, Cookie: session },
          body,
        });
        const answered = status === 403 ? response.status : response.status < 400 ? status : response.status;
        expect([name, answered]).toEqual([name, status]);
        await response.body?.cancel();
      }
    });

    describe("byte by byte", () => {
      const post = (head: string, body: string) =>
        `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${head}\r\n\r\n${body}`;
      test.each([
        ["two different lengths", "Content-Length: 2\r\nContent-Length: 3", "{} "],
        ["the same length twice", "Content-Length: 2\r\nContent-Length: 2", "{}"],
        ["a list of lengths", "Content-Length: 2, 2", "{}"],
        ["a length and chunks", "Content-Length: 2\r\nTransfer-Encoding: chunked", "0\r\n\r\n"],
        ["chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 2", "0\r\n\r\n"],
        ["a signed length", "Content-Length: +2", "{}"],
        ["a length in hexadecimal", "Content-Length: 0x2", "{}"],
        ["a name that ends in a space", "Content-Length : 2", "{}"],
        ["an unknown transfer coding", "Transfer-Encoding: xchunked", "0\r\n\r\n"],
        ["two transfer codings", "Transfer-Encoding: gzip, chunked", "0\r\n\r\n"],
        ["a folded line", "X-A: a\r\n b\r\nContent-Length: 2", "{}"],
        ["two hosts", "Host: evil.test\r\nContent-Length: 2", "{}"],
      ])("%s is refused", async (_name, head, body) => {
        const { text } = await sendRaw(server().url, post(head, body));
        expect(text).toMatch(/^HTTP\/1\.1 400 /);
        expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      });

      test.each([
        ["in one piece", "Content-Length: 1000", "a"],
        ["in chunks", "Transfer-Encoding: chunked", "1\r\na\r\n"],
      ])("a body that trickles %s is cut in time", async (_name, length, trickle) => {
        const head = `POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${length}\r\n\r\n`;
        const { text, elapsedMs } = await sendRaw(server().url, head, { trickle });
        expect(text).toMatch(/^HTTP\/1\.1 408 /);
        expect(elapsedMs).toBeGreaterThanOrEqual(1000);
      });

      test("the first field of a form that streams is waited for no longer", async () => {
        await stage();
        const session = cookiesOf(await signInByForm(server(), "ana"));
        const head = `POST /publish HTTP/1.1\r\nHost: localhost\r\nCookie: ${session}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n`;
        const { text } = await sendRaw(server().url, head, { trickle: "a" });
        expect(text).toMatch(/^HTTP\/1\.1 408 /);
      });

      test("more than a megabyte where nothing large belongs is refused unread", async () => {
        const { text } = await sendRaw(server().url, post("Content-Length: 1048577", "{"));
        expect(text).toMatch(/^HTTP\/1\.1 413 /);
      });

      test("headers that trickle, and connections that say nothing, are ended", async () => {
        for (const { text, elapsedMs } of await Promise.all(slowHeaders))
          expect([text, Number.isFinite(elapsedMs)]).toEqual(["", true]);
      }, 70_000);
    });
  },
  { MARKETPLACE_LIMITS_BODY_TIME: "1s" },
);
