const required = ["DATABASE_URL", "SESSION_SECRET", "SMTP_URL"];
const missing = required.filter((k) => !process.env[k]);
if (missing.length) throw new Error("Missing: " + missing.join(", "));
module.exports = Object.fromEntries(required.map((k) => [k, process.env[k]]));
