import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail as the server got it: addresses of the envelope, the message as it came over the wire, and its parts decoded. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** Whether it came over TLS. */
  secure: boolean;
  user: string | null;
  raw: string;
  header(name: string): string | null;
  /** How often a header is there. */
  count(name: string): number;
  text: string;
  html: string;
  /** The address that stands alone on a line of the text. */
  link: string;
}

export interface SmtpTestServer {
  port: number;
  /** The certificate, which is its own authority: a file. */
  ca: string;
  mails: ReceivedMail[];
  stop(): Promise<void>;
}

/** A real SMTP server on a free port, with STARTTLS (or TLS from the first byte) and a certificate for `localhost`. */
export async function startSmtpServer(options: SMTPServerOptions = {}): Promise<SmtpTestServer> {
  const folder = mkdtempSync(join(tmpdir(), "smtp-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
  ]);
  if (made.exitCode !== 0) throw new Error(`openssl: ${made.stderr.toString()}`);
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: readFileSync(key),
    cert: readFileSync(cert),
    authOptional: true,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username }),
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map((one) => one.address),
          secure: session.secure === true,
          user: (session.user as unknown as string | undefined) ?? null,
          ...parse(Buffer.concat(chunks).toString("latin1")),
        });
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    ca: cert,
    mails,
    async stop() {
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function parse(raw: string): Omit<ReceivedMail, "from" | "to" | "secure" | "user"> {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  const headers = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  const named = (name: string) => headers.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  const boundary = /boundary="([^"]+)"/.exec(head.replace(/\r\n[ \t]+/g, " "))?.[1] ?? "";
  const parts = rest.join("\r\n\r\n").split(`--${boundary}`);
  const part = (type: string) => {
    const found = parts.find((text) => text.toLowerCase().includes(`content-type: ${type}`)) ?? "";
    const start = found.indexOf("\r\n\r\n");
    return decode(found.slice(0, start), found.slice(start + 4));
  };
  const text = part("text/plain");
  return {
    raw,
    header: (name) =>
      named(name)[0]
        ?.slice(name.length + 1)
        .trim() ?? null,
    count: (name) => named(name).length,
    text,
    html: part("text/html"),
    link: /^https?:\/\/\S+$/m.exec(text)?.[0] ?? "",
  };
}

function decode(head: string, body: string): string {
  const encoding = /content-transfer-encoding: (\S+)/i.exec(head)?.[1]?.toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return Buffer.from(body, "latin1").toString("utf8").replaceAll("\r\n", "\n");
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8").replaceAll("\r\n", "\n");
}
