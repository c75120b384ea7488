import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eachDatabase } from "../../../test/support/databases.ts";
import { handClock } from "../../../test/support/accounts-server.ts";
import { type SmtpTestServer, startSmtpServer } from "../../../test/support/smtp-server.ts";
import { DAY, HOUR, later } from "../../core/clock.ts";
import { createJobQueue } from "../jobs/index.ts";
import { createSealer } from "../sealing/sealer.ts";
import { silentLog } from "../telemetry/index.ts";
import { createMailBox, createSmtpTransport, SEND_MAIL } from "./index.ts";
import { composeMail, linkIn, oneLine } from "./compose-mail.ts";
import { MailRefused } from "./mail-transport.ts";
import type { SmtpOptions } from "./smtp.ts";

const sealer = createSealer([new Uint8Array(32).fill(7)]);
const to = (server: SmtpTestServer, more: Partial<SmtpOptions> = {}): SmtpOptions => ({
  host: "localhost",
  port: server.port,
  security: "starttls",
  username: "",
  password: "",
  ca: server.ca,
  from: { name: "Müller & Co", address: "marketplace@example.org" },
  timeoutMs: 5000,
  ...more,
});
const MAIL = {
  messageId: "<0199@example.org>",
  to: "ada@example.org",
  subject: "Ünï",
  ...composeMail("Ünï", { paragraphs: ["Hello"] }, "Us"),
};

describe("smtp", () => {
  let smtp: SmtpTestServer;
  beforeAll(async () => {
    smtp = await startSmtpServer();
  });
  afterAll(() => smtp.stop());

  test("speaks STARTTLS with a server it trusts, and signs in", async () => {
    await createSmtpTransport(to(smtp, { username: "shop", password: "secret" })).send(MAIL);
    const mail = smtp.mails.at(-1)!;
    expect(mail).toMatchObject({
      from: "marketplace@example.org",
      to: ["ada@example.org"],
      secure: true,
      user: "shop",
    });
    expect(mail.header("Message-ID")).toBe("<0199@example.org>");
    expect(mail.header("Auto-Submitted")).toBe("auto-generated");
    expect(mail.text).toContain("Hello");
  });

  test("sends nothing to a server it does not trust, nor in the clear", async () => {
    const before = smtp.mails.length;
    expect(await failure(createSmtpTransport(to(smtp, { ca: "" })).send(MAIL))).toMatch(/certificate|self/i);
    const plain = await startSmtpServer({ disabledCommands: ["STARTTLS"] });
    expect(await failure(createSmtpTransport(to(plain)).send(MAIL))).not.toBeNull();
    expect(plain.mails).toHaveLength(0);
    expect(smtp.mails).toHaveLength(before);
    await createSmtpTransport(to(plain, { security: "none" })).send(MAIL);
    expect(plain.mails).toMatchObject([{ secure: false }]);
    await plain.stop();
  });

  test("speaks TLS from the first byte", async () => {
    const tls = await startSmtpServer({ secure: true });
    await createSmtpTransport(to(tls, { security: "tls" })).send(MAIL);
    expect(tls.mails).toMatchObject([{ secure: true }]);
    await tls.stop();
  });

  test("tells what will never be taken from what may be later", async () => {
    const picky = await startSmtpServer({
      onRcptTo: ({ address }, _session, callback) => {
        const code = Number(/^(\d+)@/.exec(address)?.[1]);
        callback(Object.assign(new Error("no"), { responseCode: code }));
      },
    });
    const send = (address: string) =>
      createSmtpTransport(to(picky))
        .send({ ...MAIL, to: address })
        .catch((error: unknown) => error);
    expect(await send("550@example.org")).toBeInstanceOf(MailRefused);
    expect(await send("450@example.org")).not.toBeInstanceOf(MailRefused);
    expect(await send("450@example.org")).toBeInstanceOf(Error);
    await picky.stop();
  });

  test("no text of ours or theirs becomes a header or an element", async () => {
    const evil = 'x\r\nBcc: all@example.org\r\n\r\n<script>"';
    const subject = oneLine(evil);
    const body = { paragraphs: [evil, "https://example.org/?a=1&b='><img>", "two\nlines"] };
    await createSmtpTransport(to(smtp)).send({ ...MAIL, subject, ...composeMail(subject, body, evil) });
    const mail = smtp.mails.at(-1)!;
    expect([mail.count("Bcc"), mail.count("Subject"), mail.count("To")]).toEqual([0, 1, 1]);
    expect(mail.to).toEqual(["ada@example.org"]);
    expect(mail.html).not.toMatch(/<script|<img|'>/);
    expect(mail.html).toContain("two<br>lines");
    expect(mail.html).toContain('href="https://example.org/?a=1&amp;b=&#39;&gt;&lt;img&gt;"');
  });
});

const failure = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error: Error) => error.message,
  );

eachDatabase("the mail box", (open) => {
  const page = { page: 1, perPage: 20 };
  const setUp = async (send: (() => Promise<void>) | null) => {
    const database = await open();
    const clock = handClock();
    const jobs = createJobQueue({ database, clock, log: silentLog });
    let sent = 0;
    const transport = send && { send: () => send().then(() => void sent++) };
    const deps = { database, clock, sealer, enqueue: jobs.enqueue, transport, sender: "Us", domain: "example.org" };
    const box = createMailBox(deps);
    jobs.register(SEND_MAIL, box.deliver);
    const queue = () =>
      database.write((tx) =>
        box.queue(tx, {
          kind: "password-reset",
          userId: null,
          to: "ada@example.org",
          subject: "A new password",
          paragraphs: ["Hello", "https://example.org/reset-password?token=abc", "Bye"],
          expiresAt: later(clock.now(), HOUR),
        }),
      );
    return { database, clock, jobs, box, queue, sent: () => sent };
  };

  test("holds mails when there is no server, sealed, until they expire", async () => {
    const { database, clock, jobs, box, queue } = await setUp(null);
    await queue();
    await jobs.runDue();
    const { items } = await box.list(page);
    expect(items).toMatchObject([{ kind: "password-reset", to: "ada@example.org", status: "held" }]);
    expect(JSON.stringify(items)).not.toContain("token=abc");
    expect(JSON.stringify(await database.read.selectFrom("mails").selectAll().execute())).not.toContain("token=abc");
    expect((await box.open(database.read, items[0]!.id)).link).toBe("https://example.org/reset-password?token=abc");
    clock.move(HOUR);
    expect(await box.list(page)).toMatchObject({ items: [], total: 0 });
    expect(await failure(box.open(database.read, items[0]!.id))).toMatch(/mail/);
    expect(await box.prune()).toBe(1);
  });

  test("sends once, and forgets what it said", async () => {
    const { database, jobs, box, queue, sent } = await setUp(async () => {});
    await queue();
    await jobs.runDue();
    expect(sent()).toBe(1);
    expect(await database.read.selectFrom("mails").select(["status", "body"]).execute()).toEqual([
      { status: "sent", body: "" },
    ]);
    const [job] = await database.read.selectFrom("mails").select("id").execute();
    await box.deliver({ id: job!.id }, { attempt: 2 });
    expect(sent()).toBe(1);
  });

  test("tries again after a failure, gives up after a refusal, and does not send what expired", async () => {
    let trouble: Error | null = new Error("connection refused");
    const { clock, jobs, box, queue, sent } = await setUp(async () => {
      if (trouble) throw trouble;
    });
    await queue();
    await jobs.runDue();
    expect((await box.list(page)).items).toMatchObject([{ status: "waiting", error: "connection refused" }]);
    trouble = null;
    clock.move(10_000);
    await jobs.runDue();
    expect([sent(), (await box.list(page)).total]).toEqual([1, 0]);

    trouble = new MailRefused("550 no such mailbox");
    await queue();
    await jobs.runDue();
    expect((await box.list(page)).items).toMatchObject([{ status: "failed", error: "550 no such mailbox" }]);

    trouble = new Error("later");
    await queue();
    await jobs.runDue();
    trouble = null;
    clock.move(DAY);
    await jobs.runDue();
    expect(sent()).toBe(1);
  });
});

test("the link of a mail is the paragraph that is an address alone", () => {
  expect(linkIn({ paragraphs: ["see https://a.example", "https://b.example/x"] })).toBe("https://b.example/x");
  expect(linkIn({ paragraphs: ["nothing"] })).toBeNull();
});
