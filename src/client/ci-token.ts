import { AppError } from "../core/error.ts";
import { boundedJson } from "./transport.ts";

type Env = Record<string, string | undefined>;

const TIMEOUT_MS = 20_000;

/** Whether a CI service offers this job a token to show. */
export const hasCiToken = (env: Env): boolean =>
  Boolean(
    env["MARKETPLACE_ID_TOKEN"] || (env["ACTIONS_ID_TOKEN_REQUEST_URL"] && env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]),
  );

/**
 * The job's OpenID Connect token: MARKETPLACE_ID_TOKEN (which GitLab fills from `id_tokens`), else one that GitHub Actions
 * makes for `audience`. Throws UNAUTHORIZED where there is none.
 */
export async function fetchCiToken(env: Env, audience: string): Promise<string> {
  const given = env["MARKETPLACE_ID_TOKEN"]?.trim();
  if (given) return given;
  const address = URL.parse(env["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? "");
  const bearer = env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
  if (!address || !bearer)
    throw new AppError(
      "UNAUTHORIZED",
      "This is no CI job that has an identity token. On GitHub give the job `permissions: id-token: write`; on GitLab set `id_tokens: MARKETPLACE_ID_TOKEN`.",
    );
  address.searchParams.set("audience", audience);
  const { value } = await boundedJson<{ value?: unknown }>(address.href, {
    headers: { Authorization: `Bearer ${bearer}`, Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (typeof value !== "string") throw new AppError("SERVICE_UNAVAILABLE", "The CI service answered without a token.");
  return value;
}
