import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import type { Database } from "./platform/database/index.ts";
import type { JobQueue } from "./platform/jobs/job-queue.ts";
import { createMailBox, createSmtpTransport, type MailSender, SEND_MAIL } from "./platform/mail/index.ts";
import type { Sealer } from "./platform/sealing/sealer.ts";

/** Mail as `[mail]` has it, and the job that sends it. */
export function openMailBox(
  config: Config,
  deps: { database: Database; clock: Clock; sealer: Sealer; jobs: JobQueue },
): MailSender {
  const { mail, brand } = config;
  const transport =
    mail.host === ""
      ? null
      : createSmtpTransport({
          host: mail.host,
          port: mail.port,
          security: mail.security,
          username: mail.username,
          password: mail.password,
          ca: mail.ca,
          from: { name: brand.name, address: mail.from },
          timeoutMs: mail.timeout,
        });
  const domain = mail.from.slice(mail.from.indexOf("@") + 1) || "marketplace.invalid";
  const { database, clock, sealer, jobs } = deps;
  const mailer = createMailBox({
    database,
    clock,
    sealer,
    enqueue: jobs.enqueue,
    transport,
    sender: brand.name,
    domain,
  });
  jobs.register(SEND_MAIL, mailer.deliver, { concurrency: 2, timeoutMs: 120_000 });
  return mailer;
}
