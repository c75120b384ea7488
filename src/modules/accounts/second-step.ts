import { type Clock, MINUTE } from "../../core/clock.ts";
import { unauthorized } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import type { Database } from "../../platform/database/index.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";
import * as repository from "./repository.ts";
import { type SecondFactor, type SecondFactorMethod, wrongCode } from "./two-factor/second-factor.ts";
import type { User } from "./user.ts";

/** How long somebody has between the password and the second factor, and how many tries. */
export const SECOND_STEP_MS = 5 * MINUTE;
const TRIES = 5;
const PURPOSE = "second-factor";

/** What is known after the first step of a sign-in, and goes on after the second. */
export interface FirstStep {
  /** How the first step was done: `password`, or the name of an identity provider. */
  method: string;
  persistent: boolean;
  /** A path on this server to go to. */
  next: string;
}

/** The time between the first step of a sign-in and the second, in which nobody is signed in. */
export interface SecondStep {
  /** A secret for the browser, which lives five minutes; null when the first step was enough. */
  begin(userId: Id, first: FirstStep): Promise<string | null>;
  /** Whose sign-in it is and what may be proved; null for a secret that is over. */
  look(secret: string): Promise<{ userId: Id; methods: SecondFactorMethod[] } | null>;
  /** Ends it with a code. Throws UNAUTHORIZED for a wrong one, of which five end it. */
  finish(secret: string, code: string): Promise<{ user: User } & FirstStep>;
  /** Ends it for somebody who proved it otherwise. Throws UNAUTHORIZED when it is over, or another person's. */
  complete(secret: string, userId: Id): Promise<{ user: User } & FirstStep>;
}

export const signInOver = () =>
  unauthorized("This sign-in took too long, or had too many wrong codes. Begin it again with your password.");

export function createSecondStep(deps: {
  database: Database;
  clock: Clock;
  oneTime: OneTimeTokens;
  secondFactor: SecondFactor;
}): SecondStep {
  const { database, oneTime, secondFactor } = deps;
  const peek = (secret: string) => oneTime.peek<FirstStep>(database.read, PURPOSE, secret);
  const complete = async (secret: string, userId: Id) => {
    const taken = await database.write((tx) => oneTime.take<FirstStep>(tx, PURPOSE, secret));
    const user = taken?.userId === userId ? await repository.findUser(database.read, { id: userId }) : null;
    if (!taken || user?.status !== "active") throw signInOver();
    return { ...taken.payload, user };
  };
  return {
    async begin(userId, payload) {
      if (!(await secondFactor.required(userId))) return null;
      return database.write((tx) =>
        oneTime.issue(tx, { purpose: PURPOSE, userId, payload, lifetimeMs: SECOND_STEP_MS }),
      );
    },
    async look(secret) {
      const userId = (await peek(secret))?.userId;
      return userId ? { userId, methods: await secondFactor.methods(userId) } : null;
    },
    async finish(secret, code) {
      const userId = (await peek(secret))?.userId;
      if (!userId) throw signInOver();
      if ((await secondFactor.prove(userId, code)) !== null) return complete(secret, userId);
      const tries = await database.write((tx) => oneTime.fail(tx, PURPOSE, secret, TRIES));
      if (tries >= TRIES) throw signInOver();
      throw wrongCode(await secondFactor.methods(userId));
    },
    complete,
  };
}
