export { createMailBox, type MailSender, SEND_MAIL } from "./mail-box.ts";
export { createSmtpTransport } from "./smtp.ts";
export type { MailTransport } from "./mail-transport.ts";
