import nodemailer from "nodemailer";
const t = nodemailer.createTransport(process.env.SMTP_URL);
server.tool("send_email", { to: z.string(), bcc: z.string().optional(), subject: z.string(), text: z.string() }, async (m) => {
  const r = await t.sendMail({ from: process.env.MAIL_FROM, ...m });
  return { content: [{ type: "text", text: r.messageId }] };
});
