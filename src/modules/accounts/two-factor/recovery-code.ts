import { base32 } from "oslo/encoding";
import type { Id } from "../../../core/id.ts";
import { hashSecret } from "../random.ts";

export const RECOVERY_CODES = 10;
/** 120 random bits: enough that a plain hash keeps them (ASVS 6.5.2 wants 112). */
const BYTES = 15;

/** A code that lets its person in once without the other factor: `abcdef-ghij23-klmn45-opqr67`. */
export const newRecoveryCode = (): string =>
  base32
    .encode(crypto.getRandomValues(new Uint8Array(BYTES)), { includePadding: false })
    .toLowerCase()
    .replace(/(.{6})(?=.)/g, "$1-");

/** The code without what people type around it; null for what cannot be one. */
export function readRecoveryCode(typed: string): string | null {
  const code = typed
    .slice(0, 64)
    .normalize("NFKC")
    .replace(/[\s\u200b\u2060-]/g, "")
    .toLowerCase();
  return /^[a-z2-7]{24}$/.test(code) ? code : null;
}

/** How a code lies in the database; the same code of two people has two hashes. */
export const hashRecoveryCode = (userId: Id, code: string): string =>
  hashSecret(`recovery-code ${userId} ${code.replaceAll("-", "")}`);
