import * as Sentry from "@sentry/node";
Sentry.init({ dsn: process.env.SENTRY_DSN, sendDefaultPii: false, beforeSend(e) { delete e.request?.cookies; delete e.server_name; return e; } });
