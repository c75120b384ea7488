import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SYSTEM } from "../../src/core/actor.ts";
import { createLdapDirectory, type LdapSettings } from "../../src/platform/ldap/ldapts-directory.ts";
import { LdapUnavailable } from "../../src/platform/ldap/ldap-directory.ts";
import { createClient, onOneMarketplace, PASSWORD } from "../support/marketplace.ts";
import { BASE, type Slapd, startSlapd } from "../support/slapd.ts";
import { createVisitor } from "../support/visitor.ts";

// OpenLDAP's slapd, with people and groups of its own.

const READER = { dn: `cn=reader,${BASE}`, password: "the reader's secret" };
const PEOPLE = `ou=people,${BASE}`;
const GROUPS = `ou=groups,${BASE}`;
const SECRET = "hunter2 and more";

const person = (uid: string, mail = `${uid}@corp.example`) => `dn: uid=${uid},${PEOPLE}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid} of the directory
sn: ${uid}
mail: ${mail}
userPassword: ${SECRET}

`;
const group = (cn: string, ...members: string[]) =>
  `dn: cn=${cn},${GROUPS}\nobjectClass: groupOfNames\ncn: ${cn}\n${members.map((uid) => `member: uid=${uid},${PEOPLE}\n`).join("")}\n`;
const unit = (dn: string) => `dn: ${dn}\nobjectClass: organizationalUnit\n\n`;

const TREE = `dn: ${BASE}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ${READER.dn}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: ${READER.password}

${unit(PEOPLE)}${unit(GROUPS)}${["ada", "bob", "carol", "dora"].map((uid) => person(uid)).join("")}${person("zoë", "zoe@corp.example")}dn: uid=twin,${PEOPLE}
objectClass: inetOrgPerson
uid: twin
uid: other
cn: Twin
sn: Twin
userPassword: ${SECRET}

dn: cn=Second,${PEOPLE}
objectClass: inetOrgPerson
uid: twin
cn: Second
sn: Twin
userPassword: ${SECRET}

${group("staff", "ada", "bob")}${group("mods", "ada")}`;

let slapd: Slapd;
beforeAll(async () => {
  slapd = await startSlapd();
  await slapd.apply(TREE);
}, 60_000);
afterAll(() => slapd.stop());

const settings = async (more: Partial<LdapSettings> = {}): Promise<LdapSettings> => ({
  url: `ldap://localhost:${slapd.port}`,
  security: "starttls",
  ca: await Bun.file(slapd.ca).text(),
  bindDn: READER.dn,
  bindPassword: READER.password,
  userBase: PEOPLE,
  userFilter: "(uid={username})",
  idAttribute: "entryUUID",
  usernameAttribute: "uid",
  nameAttribute: "cn",
  mailAttribute: "mail",
  groupsAttribute: "memberOf",
  groupBase: GROUPS,
  groupFilter: "(member={dn})",
  timeoutMs: 30_000,
  ...more,
});
const prove = async (username: string, password: string, more: Partial<LdapSettings> = {}) =>
  createLdapDirectory(await settings(more)).prove({ username }, password, async () => {});

describe("a bind", () => {
  test("proves a password, over StartTLS and ldaps", async () => {
    for (const more of [{}, { url: `ldaps://localhost:${slapd.tlsPort}`, security: "tls" as const }]) {
      const ada = await prove("ada", SECRET, more);
      expect(ada).toMatchObject({ username: "ada", name: "ada of the directory", email: "ada@corp.example" });
      expect(ada?.id).toMatch(/^[0-9a-f-]{36}$/);
      expect(ada?.groups?.map(({ name }) => name).toSorted()).toEqual(["mods", "staff"]);
      expect(await prove("ada", "wrong", more)).toBeNull();
    }
    expect((await prove("zoë", SECRET))?.username).toBe("zoë");
  });

  test("of nobody, of two, or without a password proves nothing", async () => {
    for (const name of ["nobody", "twin", "", " ", "\ud800"]) expect(await prove(name, SECRET)).toBeNull();
    expect(await prove("ada", "")).toBeNull();
    expect(await prove("nobody", "")).toBeNull();
  });

  test("takes no filter and no name of an entry from whoever signs in", async () => {
    const hostile = [
      "*",
      "a*",
      "ada)(uid=*",
      "*)(objectClass=*",
      "ada\\00",
      "\\2a",
      "ada\0",
      `uid=ada,${PEOPLE}`,
      "ada))(|(cn=*",
    ];
    for (const name of hostile) expect(await prove(name, SECRET)).toBeNull();
  });

  test("finds a person again by their id", async () => {
    const directory = createLdapDirectory(await settings());
    const { id } = (await prove("bob", SECRET))!;
    expect((await directory.prove({ id }, SECRET, async () => {}))?.username).toBe("bob");
    expect(await directory.prove({ id }, "wrong", async () => {})).toBeNull();
    expect(await directory.prove({ id: `${id}*` }, SECRET, async () => {})).toBeNull();
  });

  test("is not tried for whom it is not admitted", async () => {
    const directory = createLdapDirectory(await settings());
    const asked: string[] = [];
    const refused = directory.prove({ username: "ada" }, SECRET, async (id) => {
      asked.push(id);
      throw new LdapUnavailable("too many guesses");
    });
    await expect(refused).rejects.toThrow("too many guesses");
    expect(asked).toHaveLength(1);
  });

  test("wants the directory's certificate to be signed by who is trusted, for its name", async () => {
    const secure = { url: `ldaps://localhost:${slapd.tlsPort}`, security: "tls" as const };
    await expect(prove("ada", SECRET, { ca: null })).rejects.toThrow(LdapUnavailable);
    await expect(prove("ada", SECRET, { ...secure, ca: null })).rejects.toThrow(LdapUnavailable);
    await expect(prove("ada", SECRET, { url: `ldap://127.0.0.1:${slapd.port}` })).rejects.toThrow("altnames");
    const address = { ...secure, url: `ldaps://127.0.0.1:${slapd.tlsPort}` };
    await expect(prove("ada", SECRET, address)).rejects.toThrow("altnames");
  });

  test("fails, rather than proves or refutes, where the configuration is wrong", async () => {
    await expect(prove("ada", SECRET, { bindPassword: "wrong" })).rejects.toThrow(LdapUnavailable);
    await expect(prove("ada", SECRET, { userFilter: "(uid={username}" })).rejects.toThrow(LdapUnavailable);
    await expect(prove("ada", SECRET, { idAttribute: "entryuuid" })).rejects.toThrow("entryUUID");
    await expect(prove("ada", SECRET, { idAttribute: "telephoneNumber" })).rejects.toThrow("exactly one");
  });

  test("gives up on a directory that says nothing, and on one that hangs up", async () => {
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const rude = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: (socket) => void socket.end() } });
    for (const [security, url] of [
      ["starttls", `ldap://127.0.0.1:${silent.port}`],
      ["none", `ldap://127.0.0.1:${silent.port}`],
      ["tls", `ldaps://127.0.0.1:${silent.port}`],
    ] as const)
      await expect(prove("ada", SECRET, { security, url, timeoutMs: 200 })).rejects.toThrow(LdapUnavailable);
    const hangsUp = { security: "none" as const, url: `ldap://127.0.0.1:${rude.port}` };
    await expect(prove("ada", SECRET, hangsUp)).rejects.toThrow(LdapUnavailable);
    silent.stop(true);
    rude.stop(true);
    await expect(prove("ada", SECRET, hangsUp)).rejects.toThrow(LdapUnavailable);
  });

  test("never goes on over a second connection, which would be in plain text", async () => {
    const heard: string[] = [];
    let connections = 0;
    // Says yes to StartTLS (RFC 4511 4.14.2) and hangs up, as somebody in between would.
    const between = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: () => void connections++,
        data: (socket, data) => {
          heard.push(data.toString("latin1"));
          socket.write(Buffer.from([0x30, 0x0c, 2, 1, data[4]!, 0x78, 7, 10, 1, 0, 4, 0, 4, 0]));
          socket.end();
        },
      },
    });
    await expect(prove("ada", SECRET, { url: `ldap://localhost:${between.port}` })).rejects.toThrow(LdapUnavailable);
    between.stop(true);
    expect(connections).toBe(1);
    expect(heard.join()).not.toContain(READER.password);
  });
});

/** What the server is configured with; slapd's place is known once it runs. */
const ENVIRONMENT: Record<string, string> = {};
beforeAll(() => {
  for (const [name, value] of Object.entries({
    URL: `ldap://localhost:${slapd.port}`,
    CA: slapd.ca,
    LABEL: "the test directory",
    BIND_DN: READER.dn,
    BIND_PASSWORD: READER.password,
    USER_BASE: PEOPLE,
    GROUP_BASE: GROUPS,
    GROUPS: "staff=acme:member,mods=role:moderator",
  }))
    ENVIRONMENT[`MARKETPLACE_LDAP_${name}`] = value;
});

onOneMarketplace(
  "signing in with a directory's password",
  (server) => {
    const signIn = (username: string, password: string) =>
      server().stranger.send("POST", "/api/v1/auth/login", { json: { username, password } });
    const roleOf = async (username: string) => {
      const { data } = await (await signIn(username, SECRET)).json();
      return createClient(server().url, data.access_token).api("GET", "/me", 200);
    };
    const signInsAudited = () =>
      server()
        .app.database.read.selectFrom("audit_entries")
        .select("details")
        .where("action", "=", "session.started")
        .execute();

    test("makes an account, whose roles follow the groups", async () => {
      const founder = await server().person("founder");
      await founder.api("POST", "/organizations", 201, { json: { slug: "acme", display_name: "Acme" } });
      expect((await roleOf("ada")).data).toMatchObject({
        username: "ada",
        email: "ada@corp.example",
        role: "moderator",
      });
      const members = async () =>
        (await founder.api("GET", "/organizations/acme/members", 200)).data.map(
          (one: { username: string }) => one.username,
        );
      expect(await members()).toContain("ada");
      await slapd.apply(
        `dn: cn=mods,${GROUPS}\nchangetype: delete\n\ndn: cn=staff,${GROUPS}\nchangetype: modify\ndelete: member\nmember: uid=ada,${PEOPLE}\n\n`,
      );
      expect((await roleOf("ada")).data.role).toBe("user");
      expect(await members()).not.toContain("ada");
      expect(JSON.stringify(await signInsAudited())).toContain("ldap");
    });

    test("says the same of a wrong password and of nobody", async () => {
      const answers = [await signIn("bob", "wrong"), await signIn("nobody", "wrong"), await signIn("bob", "")];
      const texts = await Promise.all(answers.map(async (one) => (await one.json()).error.message));
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
      expect(new Set(texts).size).toBe(1);
    });

    test("leads to no account with the same address, until its owner connects it", async () => {
      await server().app.accounts.administration.create(
        SYSTEM,
        { username: "carola", email: "carol@corp.example", password: PASSWORD },
        "user",
      );
      expect((await signIn("carol", SECRET)).status).toBe(403);
      const browser = createVisitor(server().url);
      const unproven = await browser.submit("/sign-in", { username: "carol", password: SECRET });
      expect(unproven.headers.get("Location")).toBe("/sign-in/connect");
      expect(await (await browser.visit("GET", "/sign-in/connect")).text()).toContain("the test directory");
      await browser.signIn("carola", PASSWORD);
      expect((await browser.submit("/sign-in/connect", {})).status).toBe(303);
      expect((await roleOf("carol")).data.username).toBe("carola");
      // Either password is the person's own.
      expect((await signIn("carola", PASSWORD)).status).toBe(200);
    });

    test("proves in a browser who somebody is, and again for sudo", async () => {
      const browser = createVisitor(server().url);
      await browser.signIn("dora", SECRET);
      const sudo = (password: string) => browser.submit("/sudo", { password, next: "/settings/security" });
      expect((await sudo("wrong")).status).toBe(422);
      expect((await sudo(SECRET)).status).toBe(303);
    });
  },
  ENVIRONMENT,
);

onOneMarketplace(
  "a directory that is down",
  (server) => {
    test("keeps nobody out who has a password here", async () => {
      await server().person("keeper", "admin");
      const signIn = (username: string, password: string) =>
        server().stranger.send("POST", "/api/v1/auth/login", { json: { username, password } });
      expect((await signIn("keeper", PASSWORD)).status).toBe(200);
      const answers = [await signIn("ada", SECRET), await signIn("keeper", "wrong")];
      expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      const [one, other] = await Promise.all(answers.map(async (answer) => (await answer.json()).error.message));
      expect(one).toBe(other);
    });
  },
  { MARKETPLACE_LDAP_URL: "ldaps://127.0.0.1:1", MARKETPLACE_LDAP_USER_BASE: PEOPLE },
);
