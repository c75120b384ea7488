import { AppError, forbidden } from "../../../core/error.ts";

/** The browser came back with something that was not (or is no longer) expected. */
export const staleSignOn = (): AppError =>
  new AppError(
    "INVALID_REQUEST",
    "This sign-in was used already, took too long, or was begun in another browser. Begin again from the sign-in page.",
  );

/** Somebody was to prove anew who they are, and the provider does not say that they did. */
export const notAskedAnew = (label: string): AppError =>
  forbidden(
    `${label} does not say that it asked you anew, so this confirms nothing. Confirm that it is you another way.`,
  );

/** What people read when a provider's answer did not hold; what exactly was wrong goes to `onProblem`. */
export function refusalOf(
  error: unknown,
  label: string,
  provider: string,
  onProblem: (provider: string, problem: unknown) => void,
): AppError {
  if (error instanceof AppError) return error;
  const { code, error: answered } = error as { code?: unknown; error?: unknown };
  if (code === "OAUTH_AUTHORIZATION_RESPONSE_ERROR") {
    const reason = typeof answered === "string" && /^[a-z_]{1,40}$/.test(answered) ? ` (${answered})` : "";
    return forbidden(`${label} did not sign you in${reason}. Begin again from the sign-in page.`);
  }
  onProblem(provider, error);
  if (isOutage(error))
    return new AppError("SERVICE_UNAVAILABLE", `${label} does not answer. Try again in a moment.`, {
      headers: { "Retry-After": "10" },
    });
  return forbidden(
    `The answer of ${label} could not be verified, so you are not signed in. Begin again; if it stays so, ask an administrator: the server's log says why.`,
  );
}

function isOutage(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++)
    if (
      /^(?:TimeoutError|AbortError)$/.test(cause.name) ||
      /^(?:ConnectionRefused|ConnectionClosed|FailedToOpenSocket|ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT)$/.test(
        String((cause as { code?: unknown }).code ?? ""),
      )
    )
      return true;
  return false;
}
