import type { Actor } from "../../../core/actor.ts";
import { instant, type Instant, MINUTE } from "../../../core/clock.ts";
import { AppError, conflict, notFound } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";
import { requireRecent } from "../../../core/permission.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { accessOf } from "../access-read-model.ts";
import { hashSecret, randomSecret } from "../random.ts";
import { findUser } from "../repository.ts";
import { requirePerson, type User } from "../user.ts";
import { connect } from "./find-account.ts";
import { createIdentities, type Identities } from "./identities.ts";
import { findIdentity, hasPassword } from "./identity-repository.ts";
import { type ExternalPerson, isAllowedDomain, type SignOnProvider } from "./provider.ts";
import { type ReconcileDeps, reconcile, settle, type Voucher } from "./reconcile.ts";
import { notAskedAnew, staleSignOn } from "./refusal.ts";

/** How long the browser may stay away at the provider. */
export const STATE_MS = 10 * MINUTE;
/** Codes are remembered beyond any lifetime that a provider gives them (RFC 6749 4.1.2: at most 10 minutes). */
const CODE_MEMORY_MS = 60 * MINUTE;

export type SignOnOutcome =
  | {
      kind: "signed-in";
      user: User;
      provider: string;
      twoFactor: boolean;
      /** Null when the provider does not say: who it is was not proved recently, then. */
      authenticatedAt: Instant | null;
      next: string;
    }
  | { kind: "connected"; next: string }
  /** The person signs in with the account they have, and connects it with this secret. */
  | { kind: "unproven"; secret: string };

export interface SignOn extends Identities {
  /** What the sign-in page offers. `provesAnew`: can ask a person anew who they are, and says when they proved it. */
  providers: readonly { name: string; label: string; provesAnew: boolean }[];
  /** What people know a provider by, by its name; the name itself when it is configured no more. */
  labelOf(provider: string): string;
  /**
   * Where to send the browser. `browser` is a secret that it keeps in a cookie and must bring back. `connect` adds the provider to
   * the actor's account and wants a recent proof of who they are; `fresh` makes the provider ask the person anew; a
   * sign-in that comes back without a word that it did is refused (FORBIDDEN).
   * Throws NOT_FOUND for a provider that is not configured.
   */
  begin(
    provider: string,
    ask: { intent: "sign-in" | "connect"; next: string; browser: string; origin: string; fresh: boolean; actor: Actor },
  ): Promise<string>;
  /** What follows when the browser is back. Throws INVALID_REQUEST for what was not begun here, or was used before. */
  finish(provider: string, back: { query: string; browser: string | null; actor: Actor }): Promise<SignOnOutcome>;
  /** Who waits to be connected; null when the secret is over. */
  waiting(secret: string): Promise<{ provider: string; label: string; email: string } | null>;
  /** Connects who waits with the account of the actor, who has just signed in with it. */
  connectWaiting(actor: Actor, secret: string): Promise<void>;
}

export interface SignOnDeps extends ReconcileDeps {
  providers: readonly SignOnProvider[];
  /** Who else vouches for people, without a page of their own to sign in on: the LDAP directory. */
  vouchers: readonly Voucher[];
}

interface State {
  provider: string;
  verifier: string;
  nonce: string;
  redirectUri: string;
  next: string;
  intent: "sign-in" | "connect";
  fresh: boolean;
  userId: Id | null;
  browserHash: string;
}

export function createSignOn(deps: SignOnDeps): SignOn {
  const { database, oneTime } = deps;
  const providerOf = (name: string): SignOnProvider => {
    const found = deps.providers.find((one) => one.name === name);
    if (!found) throw notFound("sign-on provider");
    return found;
  };
  const voucherOf = (name: string | undefined): Voucher | undefined =>
    [...deps.providers, ...deps.vouchers].find((one) => one.name === name);
  return {
    ...createIdentities(deps),
    providers: deps.providers.map(({ name, label, settings }) => ({
      name,
      label,
      provesAnew: settings.kind !== "github",
    })),
    labelOf: (name) => voucherOf(name)?.label ?? name,
    async begin(name, { intent, next, browser, origin, fresh, actor }) {
      const provider = providerOf(name);
      let userId: Id | null = null;
      if (intent === "connect") {
        requirePerson(actor);
        requireRecent(actor, deps.clock.now());
        userId = actor.userId;
      }
      const redirectUri = `${origin}/api/v1/auth/oauth/${name}/callback`;
      const begun = { verifier: randomSecret(), nonce: randomSecret(), redirectUri };
      const payload: State = {
        ...begun,
        provider: name,
        next,
        intent,
        fresh,
        userId,
        browserHash: hashSecret(browser),
      };
      const state = await database.write((tx) =>
        oneTime.issue(tx, { purpose: "sign-on-state", userId, payload, lifetimeMs: STATE_MS }),
      );
      return provider.begin({ ...begun, state, fresh });
    },
    async finish(name, back) {
      const provider = providerOf(name);
      const params = new URLSearchParams(back.query);
      const secret = params.get("state") ?? "";
      const state = await takeState(deps, { name, secret, code: params.get("code"), browser: back.browser });
      const person = await provider.finish({ ...state, state: secret, query: back.query });
      if (!isAllowedDomain(provider.settings, person)) throw await wrongDomain(deps, provider);
      if (state.intent === "sign-in" && state.fresh && !isFresh(person, deps.clock.now()))
        throw notAskedAnew(provider.label);
      return state.intent === "connect"
        ? connectActor(deps, back.actor, state, person)
        : signIn(deps, provider, person, state.next);
    },
    async waiting(secret) {
      const waiting = await oneTime.peek<ExternalPerson>(database.read, "sign-on-link", secret);
      const provider = voucherOf(waiting?.payload.provider);
      return waiting && provider
        ? { provider: provider.name, label: provider.label, email: waiting.payload.email }
        : null;
    },
    async connectWaiting(actor, secret) {
      requirePerson(actor);
      requireRecent(actor, deps.clock.now());
      await database.exclusively("accounts.administration", async (tx) => {
        const waiting = await oneTime.take<ExternalPerson>(tx, "sign-on-link", secret);
        const provider = voucherOf(waiting?.payload.provider);
        const user = await findUser(tx, { id: actor.userId });
        if (!waiting || !provider || !user) throw staleSignOn();
        const event = await connectOnce(deps, tx, user, waiting.payload);
        await settle(deps, tx, provider, waiting.payload, { kind: "account", user, events: event ? [event] : [] });
      });
    },
  };
}

/** Uses the state up, before anything is asked of the provider; of many at once exactly one gets on. */
async function takeState(
  { database, oneTime, clock }: SignOnDeps,
  { name, secret, code, browser }: { name: string; secret: string; code: string | null; browser: string | null },
): Promise<State> {
  const begun = await oneTime.peek<State>(database.read, "sign-on-state", secret);
  // Another browser's state is not used up by whoever found it.
  if (begun?.payload.provider !== name || browser === null || begun.payload.browserHash !== hashSecret(browser))
    throw staleSignOn();
  const taken = await database.write(async (tx) => {
    const state = await oneTime.take<State>(tx, "sign-on-state", secret);
    const until = clock.now().getTime() + CODE_MEMORY_MS;
    const fresh = code === null || (state !== null && (await oneTime.remember(tx, `code ${name} ${code}`, until)));
    return fresh ? state : null;
  });
  if (!taken) throw staleSignOn();
  return taken.payload;
}

async function signIn(
  deps: SignOnDeps,
  provider: SignOnProvider,
  person: ExternalPerson,
  next: string,
): Promise<SignOnOutcome> {
  const reconciled = await reconcile(deps, provider, person);
  if (reconciled.kind === "unproven") return reconciled;
  const now = instant(deps.clock.now());
  // Who has no other proof could not do anything dangerous ever, not even add a second factor: their sign-in counts.
  const authenticatedAt = person.authenticatedAt ?? ((await hasProof(deps, reconciled.user.id)) ? null : now);
  return {
    kind: "signed-in",
    user: reconciled.user,
    provider: provider.name,
    twoFactor: person.twoFactor,
    authenticatedAt: authenticatedAt !== null && authenticatedAt > now ? now : authenticatedAt,
    next,
  };
}

/** Whether somebody can prove here who they are: with a password, an app or a passkey. */
async function hasProof({ database }: SignOnDeps, userId: Id): Promise<boolean> {
  const { hasSecondFactor } = await accessOf(database.read, userId);
  return hasSecondFactor || hasPassword(database.read, userId);
}

/** Whether the provider says that it asked while the browser was there: a session that it had already proves nothing anew. */
const isFresh = ({ authenticatedAt }: ExternalPerson, now: Date): boolean =>
  authenticatedAt !== null && now.getTime() - Date.parse(authenticatedAt) <= STATE_MS;

async function connectActor(
  deps: SignOnDeps,
  actor: Actor,
  state: State,
  person: ExternalPerson,
): Promise<SignOnOutcome> {
  if (actor.kind !== "user" || actor.userId !== state.userId) throw staleSignOn();
  await deps.database.write(async (tx) => {
    const user = await findUser(tx, { id: actor.userId });
    if (user?.status !== "active") throw staleSignOn();
    const event = await connectOnce(deps, tx, user, person);
    if (event) await deps.audit.append(tx, event);
  });
  return { kind: "connected", next: state.next };
}

/** Null when it is connected already; CONFLICT when it is with another account. */
async function connectOnce(deps: SignOnDeps, tx: Queries, user: User, person: ExternalPerson) {
  const known = await findIdentity(tx, person.issuer, person.subject);
  if (known && known.userId !== user.id) throw conflict("That account signs in to another account here already.");
  return known ? null : connect(deps, tx, user, person);
}

async function wrongDomain({ audit }: SignOnDeps, provider: SignOnProvider): Promise<AppError> {
  await audit.record({
    action: "session.refused",
    outcome: "denied",
    actor: { kind: "anonymous" },
    subject: { type: "sign-on-provider", id: null, name: provider.name },
    details: { reason: "domain" },
  });
  return new AppError(
    "FORBIDDEN",
    `Only people with a verified address in ${provider.settings.allowedDomains.join(", ")} may sign in with ${provider.label}.`,
  );
}
