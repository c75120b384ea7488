import { expect, test } from "bun:test";
import { SYSTEM } from "../../src/core/actor.ts";
import { cookiesOf, FORM, HTML, signInByForm, tokenIn } from "../support/forms.ts";
import { onOneMarketplace, PASSWORD } from "../support/marketplace.ts";

onOneMarketplace(
  "behind a proxy that is trusted",
  (server) => {
    const https = { "X-Forwarded-Proto": "https" };
    /** Somebody with all three kinds of credentials. */
    async function withAll(username: string) {
      const person = await server().person(username);
      const { data } = await person.api("POST", "/me/api-keys", 201, { json: { name: "ci", scopes: ["read"] } });
      const signedIn = await signInByForm(server(), username, "/", { "X-Forwarded-For": "203.0.113.50" });
      const credentials: Record<string, string>[] = [
        { Authorization: `Bearer ${person.token}` },
        { Authorization: `Bearer ${data.key}` },
        { "X-API-Key": data.key },
        { Cookie: cookiesOf(signedIn) },
      ];
      return { person, credentials };
    }

    test("cookies of https are this host's alone, and out of reach of scripts and other sites", async () => {
      await server().person("ada");
      const page = await server().stranger.send("GET", "/sign-in", { headers: { ...HTML, ...https } });
      const token = tokenIn(await page.clone().text());
      const body = new URLSearchParams({ csrf_token: token, username: "ada", password: PASSWORD }).toString();
      const headers = { ...FORM, ...https, Cookie: cookiesOf(page) };
      const signedIn = await server().stranger.send("POST", "/sign-in", { headers, body });
      expect(signedIn.status).toBe(303);
      const cookies = [...page.headers.getSetCookie(), ...signedIn.headers.getSetCookie()];
      expect(cookies.some((cookie) => cookie.startsWith("__Host-session="))).toBe(true);
      for (const cookie of cookies) {
        expect(cookie).toMatch(/^__Host-/);
        for (const part of ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"]) expect(cookie).toContain(part);
        expect(cookie).not.toMatch(/domain=/i);
      }
      expect(page.headers.get("Strict-Transport-Security")).toContain("max-age=31536000");
    });

    test("a limit counts a person however they come, and from wherever", async () => {
      const { credentials } = await withAll("bea");
      const ask = (i: number) =>
        server().stranger.send("GET", "/api/v1/search?q=x", {
          headers: { ...credentials[i % credentials.length], "X-Forwarded-For": `198.51.100.${i}` },
        });
      const statuses: number[] = [];
      for (let i = 0; i < 40; i++) statuses.push((await ask(i)).status);
      // Refused for three seconds after each one that was let through: twenty at once, then one every three seconds.
      expect(statuses.slice(0, 20)).toEqual(Array<number>(20).fill(200));
      expect(statuses.slice(20).filter((status) => status === 429).length).toBeGreaterThan(0);
      expect((await server().stranger.send("GET", "/api/v1/search?q=x")).status).toBe(200);
    });

    test("a ban ends all of them at once", async () => {
      await server().person("dora", "admin");
      const { credentials } = await withAll("cem");
      const me = async (headers: Record<string, string>) =>
        (await server().stranger.send("GET", "/api/v1/me", { headers })).status;
      for (const headers of credentials) expect(await me(headers)).toBe(200);
      await server().app.accounts.administration.disable(SYSTEM, "cem");
      for (const headers of credentials) expect(await me(headers)).toBe(401);
    });
  },
  {
    MARKETPLACE_SERVER_TRUSTED_PROXIES: "127.0.0.1",
    MARKETPLACE_RATE_LIMITS_ENABLED: "true",
    MARKETPLACE_RATE_LIMITS_SEARCH_PER_MINUTE: "20",
  },
);
