import { DAY, HOUR, instant, later, SECOND } from "../../../core/clock.ts";
import type { Envelope } from "../../../core/signing/dsse.ts";
import {
  type ListedRecall,
  type LiftedRecall,
  MAX_LISTED,
  RECALLS_PAYLOAD_TYPE,
  type RecallList,
  recallListBytes,
} from "../../../core/signing/recall-list.ts";
import type { RecallDeps } from "./deps.ts";
import * as repository from "./repository.ts";

/** How long a list may be used without asking again. */
const LIFETIME_MS = 7 * DAY;
/** The same list is signed anew when it is so old. */
const RENEW_MS = 12 * HOUR;
/** Who may see what is looked at so often at most. */
const LOOK_MS = 2 * SECOND;
const LOOK_BATCH = 500;
const KEPT = 16;

export interface SignedList {
  envelope: Envelope;
  list: RecallList;
}

/** The signed list, as everybody gets it. */
export interface SignedLists {
  /** What changed after the list's number `since`; everything for 0, and for a number that this server never gave. */
  read(since: number): Promise<SignedList>;
}

export function createSignedLists(
  deps: Pick<RecallDeps, "database" | "clock" | "outbox" | "signer" | "serverName">,
): SignedLists {
  const { database, clock } = deps;
  const kept = new Map<string, SignedList>();
  let looked = { at: 0, head: -1 };

  /** Assets become private and public again: what the list says of them follows, as a change with a number of its own. */
  const followVisibility = async (): Promise<void> => {
    if (Math.abs(clock.now().getTime() - looked.at) < LOOK_MS) return;
    const head = await deps.outbox.head();
    if (head !== looked.head && (await repository.wronglyShown(database.read, 1)).length > 0)
      await database.exclusively(repository.RECALLS_LOCK, async (tx) => {
        for (const { number, name } of await repository.wronglyShown(tx, LOOK_BATCH))
          await repository.showAs(tx, number, name, await repository.nextListNumber(tx));
      });
    looked = { at: clock.now().getTime(), head };
  };

  return {
    async read(asked) {
      await followVisibility();
      const newest = await repository.listNumber(database.read);
      const since = asked > newest ? 0 : asked;
      const key = `${since} ${newest}`;
      const known = kept.get(key);
      if (known && Date.parse(known.list.issued_at) + RENEW_MS > clock.now().getTime()) return known;
      const list = await makeList(deps, since, newest);
      const signed = { list, envelope: await deps.signer.sign(recallListBytes(list), RECALLS_PAYLOAD_TYPE) };
      kept.delete(key);
      kept.set(key, signed);
      for (const old of [...kept.keys()].slice(0, -KEPT)) kept.delete(old);
      return signed;
    },
  };
}

async function makeList(
  { database, clock, serverName }: Pick<RecallDeps, "database" | "clock" | "serverName">,
  since: number,
  newest: number,
): Promise<RecallList> {
  const rows = await repository.changesBetween(database.read, since, newest, MAX_LISTED + 1);
  const listed = rows.slice(0, MAX_LISTED);
  const more = rows.length > listed.length;
  const recalls: ListedRecall[] = [];
  const lifted: LiftedRecall[] = [];
  for (const row of listed)
    if (row.recall.lifted)
      lifted.push({ number: row.recall.number, digest: row.recall.digest, lifted_at: row.recall.lifted.at });
    else recalls.push(listedRecall(row));
  return {
    format: 1,
    server: serverName,
    since,
    number: more ? (listed.at(-1)?.changed ?? newest) : newest,
    more,
    issued_at: instant(clock.now()),
    expires_at: later(clock.now(), LIFETIME_MS),
    recalls,
    lifted,
  };
}

/** Of what not everybody may see, nothing that would tell what it is. */
const listedRecall = ({ recall, shown }: repository.ListedRow): ListedRecall => ({
  number: recall.number,
  digest: recall.digest,
  recalled_at: recall.recalledAt,
  ref: shown?.ref ?? null,
  version: shown?.version ?? null,
  reason: shown ? recall.reason : null,
  severity: shown ? recall.severity : null,
});
