import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.ts";

export const BASE = "dc=example,dc=org";
export const ROOT = { dn: `cn=root,${BASE}`, password: "root's own secret" };

export interface Slapd {
  port: number;
  tlsPort: number;
  /** The file with the certificate of the authority that signed the server's, for `localhost`. */
  ca: string;
  /** Applies LDIF: entries to add, and changes. */
  apply(ldif: string): Promise<void>;
  stop(): Promise<void>;
}

async function run(command: string[], input = ""): Promise<void> {
  const child = Bun.spawn(command, { stdin: new Blob([input]), stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`${command[0]}: ${errors}`);
}

async function certificate(folder: string): Promise<void> {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const at = (name: string) => join(folder, name);
  await Bun.write(at("names"), "subjectAltName=DNS:localhost");
  await run([
    "openssl",
    "req",
    "-x509",
    ...key,
    "-days",
    "2",
    "-subj",
    "/CN=A test's authority",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
  ]);
  await run([
    "openssl",
    "req",
    ...key,
    "-subj",
    "/CN=localhost",
    "-keyout",
    at("server.key"),
    "-out",
    at("server.csr"),
  ]);
  await run([
    "openssl",
    "x509",
    "-req",
    "-in",
    at("server.csr"),
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    at("names"),
    "-out",
    at("server.pem"),
  ]);
}

/** Whether something listens; asked again until it does or the server ended. */
const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });

/** OpenLDAP's server with an empty directory in a folder of its own. */
export async function startSlapd(): Promise<Slapd> {
  const folder = mkdtempSync(join(tmpdir(), "slapd-"));
  mkdirSync(join(folder, "db"));
  await certificate(folder);
  const [port, tlsPort] = [await freePort(), await freePort()];
  const schemas = ["core", "cosine", "nis", "inetorgperson"].map((name) => `include /etc/ldap/schema/${name}.schema`);
  const lines = [
    ...schemas,
    "modulepath /usr/lib/ldap",
    "moduleload back_mdb",
    `TLSCACertificateFile ${folder}/ca.pem`,
    `TLSCertificateFile ${folder}/server.pem`,
    `TLSCertificateKeyFile ${folder}/server.key`,
    // An unauthenticated bind succeeds here, as it does in directories that mean well: so that sending one would be seen.
    "allow bind_anon_cred bind_anon_dn",
    "database mdb",
    `suffix "${BASE}"`,
    `rootdn "${ROOT.dn}"`,
    `rootpw "${ROOT.password}"`,
    `directory ${folder}/db`,
    "access to attrs=userPassword by anonymous auth by * none",
    'access to * by dn.exact="cn=reader,dc=example,dc=org" read by * none',
  ];
  await Bun.write(join(folder, "slapd.conf"), `${lines.join("\n")}\n`);
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${tlsPort}`;
  const command = Bun.which("slapd") ?? "/usr/sbin/slapd";
  const child = Bun.spawn([command, "-d", "0", "-f", join(folder, "slapd.conf"), "-h", urls], {
    stdout: "ignore",
    stderr: "ignore",
  });
  while (!(await listens(port)) || !(await listens(tlsPort)))
    if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
  return {
    port,
    tlsPort,
    ca: join(folder, "ca.pem"),
    apply: (ldif) =>
      run(["ldapmodify", "-a", "-x", "-H", `ldap://127.0.0.1:${port}`, "-D", ROOT.dn, "-w", ROOT.password], ldif),
    async stop() {
      child.kill();
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
