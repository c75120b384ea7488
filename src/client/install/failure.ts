import { AppError, conflict } from "../../core/error.ts";

/** Bytes from the server are not what they were promised to be: nothing of them is kept. */
export const tampered = (ref: string, why: string): AppError =>
  new AppError(
    "CONFLICT",
    `${ref} is refused: ${why} Nothing was changed. The server, its storage or something between is damaged or hostile: tell its administrator.`,
  );

/** Who signed is not who signed before, or a signature does not hold. */
export const distrusted = (ref: string, why: string): AppError =>
  new AppError("CONFLICT", `${ref} is refused: ${why}`, { details: { ref, reason: "trust" } });

export const locallyChanged = (ref: string, paths: readonly string[]): AppError =>
  conflict(
    `${ref} was changed here: ${listed(paths)}. Nothing was changed. Save what you need and give --force to overwrite it.`,
  );

export const lockWouldChange = (why: string): AppError =>
  conflict(
    `The lockfile is frozen and ${why}. Run "marketplace install" without --frozen-lockfile, and commit the lockfile.`,
  );

/** At most five of them, and how many more. */
export function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 5).join(", ");
  return paths.length > 5 ? `${shown} and ${paths.length - 5} more` : shown;
}
