import { AppError } from "../../core/error.ts";

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const BUSY = new Set(["EMFILE", "ENFILE", "ENOMEM"]);

export const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? "");

/** The store has no room for the bytes; an administrator must act. */
export const storageFull = (cause: unknown): AppError =>
  new AppError("INSUFFICIENT_STORAGE", "The server's storage is full. Ask its administrator to make room.", { cause });

/** The store does not answer now; the same request may go through later. */
export const storageUnavailable = (cause: unknown): AppError =>
  new AppError("SERVICE_UNAVAILABLE", "The server's storage does not answer at the moment. Try again shortly.", {
    cause,
    headers: { "Retry-After": "5" },
  });

/** Waits for an operation on the local disk and gives the failures that a caller can act on their public form. */
export async function onDisk<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    if (FULL.has(codeOf(error))) throw storageFull(error);
    if (BUSY.has(codeOf(error))) throw storageUnavailable(error);
    throw error;
  }
}
