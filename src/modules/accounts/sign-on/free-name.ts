import { isReservedName, MAX_NAME, slugify } from "../../../core/name.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { randomText } from "../random.ts";
import { nameTaken } from "../repository.ts";

const TRIES = 20;

/** A user name that nobody has, made of what a provider or directory calls the person: of an address its first half. */
export async function freeName(q: Queries, hint: string): Promise<string> {
  const at = hint.indexOf("@");
  const base = slugify((at > 0 ? hint.slice(0, at) : hint).slice(0, 200)) ?? "user";
  for (let number = 1; number <= TRIES; number++) {
    const name = withSuffix(base, number === 1 ? "" : String(number));
    if (!isReservedName(name) && !(await nameTaken(q, name))) return name;
  }
  return withSuffix(base, randomText(12).toLowerCase());
}

const withSuffix = (base: string, suffix: string): string =>
  suffix === "" ? base : `${base.slice(0, MAX_NAME - suffix.length - 1).replace(/-+$/, "")}-${suffix}`;
