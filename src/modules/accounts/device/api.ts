import { Elysia, t } from "elysia";
import { AppError } from "../../../core/error.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import type { TokenPair, Tokens } from "../tokens.ts";
import type { DeviceRefusal } from "./device-authorization.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** RFC 6749 5.1. */
const SECRET = { "Cache-Control": "no-store", Pragma: "no-cache" };

const SAID: Record<DeviceRefusal, string> = {
  authorization_pending: "Nobody has decided yet: ask again after the interval.",
  slow_down: "You ask too often: wait longer from now on.",
  access_denied: "It was refused in the browser.",
  expired_token: "The code has expired. Begin again.",
  invalid_grant: "The code is not known, or was used already.",
};

const Text = (maxLength = 200) => t.Optional(t.String({ maxLength }));
const Grant = t.Object({
  grant_type: Text(),
  device_code: Text(),
  refresh_token: Text(320),
  client_id: Text(),
});
const PairWire = t.Object({
  access_token: t.String(),
  refresh_token: t.String(),
  token_type: t.Literal("Bearer"),
  expires_in: t.Number({ description: "Seconds the access token lives" }),
});
const StartWire = t.Object({
  device_code: t.String(),
  user_code: t.String({ description: "What the person types, such as WDJB-MJHT" }),
  verification_uri: t.String(),
  verification_uri_complete: t.String(),
  expires_in: t.Number(),
  interval: t.Number({ description: "Seconds to wait between polls" }),
});
const RefusalWire = t.Object({
  error: t.String(),
  error_description: t.String(),
  interval: t.Optional(t.Number()),
});

/** OAuth's words for what a grant may not do; a body that cannot be read is told in this server's own form. */
const RefusedWire = t.Union([RefusalWire, t.Object({ error: t.Object({ code: t.String(), message: t.String() }) })]);

export interface DeviceApiDeps {
  device: DeviceSignIn;
  tokens: Tokens;
  /** Where people reach this server, without a slash at the end. */
  baseUrl: (request: Request) => string;
}

/**
 * The device grant below `/api/v1/auth`, for any OAuth client: bodies are forms or JSON, answers and errors are flat as in
 * RFC 6749 5 and RFC 8628 3, not in this API's envelope.
 */
export function deviceApi({ device, tokens, baseUrl }: DeviceApiDeps) {
  const byDevice = async (deviceCode: string | undefined): Promise<Response> => {
    if (!deviceCode) return refused("invalid_request", "Send the device_code.");
    const polled = await device.poll(deviceCode);
    if ("refused" in polled) return refused(polled.refused, SAID[polled.refused], polled.interval);
    return Response.json(pairWire(polled.tokens), { headers: SECRET });
  };
  const detail = (summary: string) => ({ detail: { summary, tags: ["Authentication"] } });
  return new Elysia({ name: "device-api" })
    .post(
      "/auth/device/code",
      async ({ request, body }) => {
        const { address } = contextOf(request);
        const client = { clientId: body.client_id ?? "", hostname: body.hostname ?? "", address };
        const start = await device.begin(client);
        const page = `${baseUrl(request)}/device`;
        const answer: typeof StartWire.static = {
          device_code: start.deviceCode,
          user_code: start.userCode,
          verification_uri: page,
          verification_uri_complete: `${page}?user_code=${start.userCode}`,
          expires_in: start.expiresIn,
          interval: start.interval,
        };
        return Response.json(answer, { headers: SECRET });
      },
      {
        body: t.Object({ client_id: Text(), hostname: Text(), scope: Text() }),
        response: { 200: StartWire },
        ...detail("Begin a device login: answers the code that a person types at /device (RFC 8628)"),
      },
    )
    .post("/auth/device/token", ({ body }) => byDevice(body.device_code), {
      body: Grant,
      response: { 200: PairWire, 400: RefusedWire },
      ...detail("Ask whether a device login was approved, and get its tokens once (RFC 8628)"),
    })
    .post(
      "/auth/token",
      async ({ body }) => {
        if (body.grant_type === DEVICE_GRANT) return byDevice(body.device_code);
        if (body.grant_type === "refresh_token") return byRefreshToken(tokens, body.refresh_token);
        return refused("unsupported_grant_type", `Use ${DEVICE_GRANT} or refresh_token.`);
      },
      {
        body: Grant,
        response: { 200: PairWire, 400: RefusedWire },
        ...detail("The token endpoint of OAuth 2.0: device grant and refresh (RFC 6749)"),
      },
    );
}

async function byRefreshToken(tokens: Tokens, refreshToken: string | undefined): Promise<Response> {
  if (!refreshToken) return refused("invalid_request", "Send the refresh_token.");
  const renewed = await tokens.refresh(refreshToken).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "INVALID_TOKEN") return null;
    throw error;
  });
  return renewed
    ? Response.json(pairWire(renewed.tokens), { headers: SECRET })
    : refused("invalid_grant", "The refresh token is not valid (any more). Sign in again.");
}

const refused = (error: string, description: string, interval?: number): Response => {
  const answer: typeof RefusalWire.static = { error, error_description: description };
  if (interval !== undefined) answer.interval = interval;
  return Response.json(answer, { status: 400, headers: SECRET });
};

const pairWire = (pair: TokenPair): typeof PairWire.static => ({
  access_token: pair.accessToken,
  refresh_token: pair.refreshToken,
  token_type: "Bearer",
  expires_in: pair.expiresIn,
});
