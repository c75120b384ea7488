import type { Lock } from "../client/install/index.ts";
import { type AppError, invalidRequest } from "../core/error.ts";

/** Somebody names what the lockfile does not hold. */
export function notInstalled(ref: string, lock: Lock): AppError {
  const slug = ref.slice(ref.indexOf("/") + 1);
  const near = Object.keys(lock.assets).find((known) => known.endsWith(`/${slug}`));
  return invalidRequest(
    `${ref} is not installed here.${near ? ` Did you mean ${near}?` : ' "marketplace list" shows what is.'}`,
  );
}
