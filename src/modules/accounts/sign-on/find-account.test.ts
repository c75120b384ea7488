import { expect, test } from "bun:test";
import { createAccountsServer, onSqlite, PASSWORD } from "../../../../test/support/accounts-server.ts";
import { type Role, SYSTEM } from "../../../core/actor.ts";
import { findAccount } from "./find-account.ts";
import type { ExternalPerson, ProviderSettings } from "./provider.ts";

const SETTINGS: ProviderSettings = {
  kind: "oidc",
  issuer: "https://idp.example.org",
  clientId: "marketplace",
  clientSecret: "",
  label: "",
  scopes: [],
  createAccounts: "never",
  allowedDomains: [],
  trustEmail: false,
  usernameClaim: "preferred_username",
  groupsClaim: "groups",
  groups: {},
  twoFactorClaim: "amr",
  twoFactorValues: ["mfa"],
};

onSqlite("whose account a sign-on leads to", (open) => {
  test("a directory's word leads to people's accounts, never to those that were raised by hand", async () => {
    const database = await open();
    const { accounts, clock } = createAccountsServer({ database });
    const deps = { clock, directoryProvider: "corp", mailDelivers: true, mayRegister: () => false };
    const outcome = async (username: string, role: Role, known: object, more: Partial<ExternalPerson> = {}) => {
      const email = `${username}@example.org`;
      await accounts.administration.create(SYSTEM, { username, email, password: PASSWORD }, role);
      const person: ExternalPerson = {
        provider: "corp",
        issuer: SETTINGS.issuer,
        subject: `subject of ${username}`,
        otherIds: [],
        email: "somebody@elsewhere.example",
        emailVerified: true,
        nameHint: "",
        displayName: "",
        groups: null,
        twoFactor: true,
        authenticatedAt: null,
        ...more,
      };
      await database.write((tx) => tx.updateTable("users").set(known).where("username", "=", username).execute());
      const found = await database.write((tx) => findAccount(deps, tx, person, SETTINGS));
      return found.kind === "account" ? found.user.username : found.kind;
    };
    const external = (name: string) => ({ external_id: `subject of ${name}` });
    expect(await outcome("ann", "user", external("ann"))).toBe("ann");
    expect(await outcome("mia", "moderator", { ...external("mia"), role_source: "scim" })).toBe("mia");
    expect(await outcome("rita", "admin", external("rita"))).toBe("unproven");
    expect(await outcome("max", "moderator", external("max"))).toBe("unproven");

    const address = (name: string) => ({ email: `${name}@example.org` });
    const made = (name: string) => ({ directory_name: name, email_verified_at: clock.now().toISOString() });
    expect(await outcome("bob", "user", made("bob"), address("bob"))).toBe("bob");
    expect(await outcome("eva", "admin", made("eva"), address("eva"))).toBe("unproven");
  });
});
