import { readFileSync } from "node:fs";
import type { Transporter } from "nodemailer";
import { MailRefused, type MailTransport } from "./mail-transport.ts";

export interface SmtpOptions {
  host: string;
  port: number;
  /** `starttls`: nothing is said before TLS; a server that does not offer it is refused. `tls`: from the first byte. */
  security: "starttls" | "tls" | "none";
  /** "" when the server asks for none. */
  username: string;
  password: string;
  /** A PEM file of certificate authorities that are trusted instead of the built-in ones; "" for those. */
  ca: string;
  /** `name@domain`, or `Name <name@domain>`. */
  from: { name: string; address: string };
  /** For connecting, and for each answer of the server. */
  timeoutMs: number;
}

/** SMTP (RFC 5321) with STARTTLS (RFC 3207) or TLS from the start (RFC 8314); a connection for each mail. */
export function createSmtpTransport(options: SmtpOptions): MailTransport {
  const { host, port, security, username, password, from, timeoutMs } = options;
  const settings = {
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    tls: options.ca === "" ? undefined : { ca: readFileSync(options.ca, "utf8") },
    auth: username === "" ? undefined : { user: username, pass: password },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail's text may name neither files nor addresses to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  let transport: Promise<Transporter> | undefined;
  // The library is loaded with the first mail, so that a start does not wait for it.
  const connect = () => {
    transport ??= import("nodemailer").then(({ createTransport }) => createTransport(settings));
    return transport;
  };
  return {
    async send({ messageId, to, subject, text, html }) {
      const mail = {
        from,
        // As an object it is one address, whatever stands in it.
        to: { name: "", address: to },
        envelope: { from: from.address, to: [to] },
        messageId,
        subject,
        text,
        html,
        // No answers from out-of-office robots (RFC 3834).
        headers: { "Auto-Submitted": "auto-generated" },
      };
      await (await connect()).sendMail(mail).catch((error: Error & { responseCode?: number }) => {
        const code = error.responseCode ?? 0;
        // 530–538 speak of signing in (RFC 4954): an administrator mends that while the mail waits.
        const forGood = code >= 500 && code < 600 && !(code >= 530 && code <= 538);
        throw forGood ? new MailRefused(error.message) : error;
      });
    },
  };
}
