import { AppError, validationError } from "../../core/error.ts";
import type { BreachedPasswords } from "./breached-passwords.ts";
import { isCommonPassword } from "./common-passwords.ts";
import type { Argon2Options } from "./options.ts";
import { randomSecret } from "./random.ts";

/** Argon2id (RFC 9106), at most `concurrency` at once; more than 200 waiting are turned away with SERVICE_UNAVAILABLE. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** `hash` null (no account) and "" (no password) take the same time and answer false. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** Throws VALIDATION_ERROR for a password that is among the first to be guessed, or that has leaked somewhere. */
  requireUnknown(password: string, field?: string): Promise<void>;
  /** The hash was made with other parameters than those of today. */
  outdated(hash: string): boolean;
}

const MAX_WAITING = 200;

export function createPasswords(options: Argon2Options, breached: BreachedPasswords | null = null): Passwords {
  const inTurn = createTurns(options.concurrency);
  const parameters = { algorithm: "argon2id", memoryCost: options.memoryKiB, timeCost: options.iterations } as const;
  const make = (password: string) => Bun.password.hash(password.normalize("NFC"), parameters);
  let decoy: Promise<string> | undefined;
  return {
    hash: (password) => inTurn(() => make(password)),
    async verify(password, hash) {
      decoy ??= inTurn(() => make(randomSecret()));
      const against = hash || (await decoy);
      const matches = await inTurn(() => Bun.password.verify(password.normalize("NFC"), against, "argon2id"));
      return matches && hash !== null && hash !== "";
    },
    async requireUnknown(password, field = "password") {
      if (isCommonPassword(password))
        throw validationError({ field, message: "is among the first to be guessed. Take a sentence of some words." });
      if (await breached?.contains(password))
        throw validationError({
          field,
          message: "has leaked somewhere and is known to attackers. Take another one, and change it where you use it.",
        });
    },
    outdated: (hash) => !hash.includes(`$m=${options.memoryKiB},t=${options.iterations},`),
  };
}

function createTurns(concurrency: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= concurrency) {
      if (waiting.length >= MAX_WAITING)
        throw new AppError("SERVICE_UNAVAILABLE", "Too many people sign in right now. Try again in a moment.", {
          headers: { "Retry-After": "5" },
        });
      // The one that ends hands its turn over, so `running` stays.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
