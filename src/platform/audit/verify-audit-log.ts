import { type Queries, toNumber } from "../database/index.ts";
import { SealBroken, type Sealer } from "../sealing/sealer.ts";
import { GENESIS, hashOf, personalHashOf, readPersonal, type StoredEntry } from "./audit-entry.ts";
import type { AuditProblem, Head, Verification, VerifyOptions } from "./audit-reader.ts";

const PAGE = 1000;
const MAX_PROBLEMS = 100;

interface Source {
  q: Queries;
  sealer: Sealer;
  /** The row of `audit_heads`, and where its seal belongs. */
  name: string;
  place: string;
}

/**
 * Reads the log from its first entry to its end, a page at a time, and finds entries that were changed, taken out, put in,
 * moved, or cut off the end. Entries that are appended meanwhile are left to the next time.
 */
export async function verifyEntries(source: Source, options: VerifyOptions): Promise<Verification> {
  const problems: AuditProblem[] = [];
  const report = (seq: number, problem: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push({ seq, problem });
  };
  const { anchor, after = GENESIS, maxEntries = Number.POSITIVE_INFINITY } = options;
  const head = await readHead(source, report);
  let through: Head = after;
  let entries = 0;
  let complete = false;
  while (!complete && entries < maxEntries) {
    options.signal?.throwIfAborted();
    const page = await pageAfter(source.q, through.seq, head.seq);
    for (const entry of page) {
      checkEntry(entry, through, anchor, report);
      through = { seq: entry.seq, hash: entry.hash };
    }
    entries += page.length;
    complete = page.length < PAGE;
  }
  if (complete) {
    checkEnd(through, head, anchor, report);
    await checkBeyond(source, report);
  }
  return { entries, through, complete, head, problems: problems.sort((a, b) => a.seq - b.seq) };
}

function checkEnd(last: Head, head: Head, anchor: Head | undefined, report: Report): void {
  if (last.seq < head.seq)
    report(last.seq + 1, `entries ${span(last.seq + 1, head.seq)} are missing from the end of the log`);
  else if (last.hash !== head.hash) report(last.seq, `entry ${last.seq} is not the one that the log was sealed with`);
  if (anchor && anchor.seq > head.seq)
    report(
      head.seq + 1,
      `entries ${span(head.seq + 1, anchor.seq)} are missing: they were there when entry ${anchor.seq} was noted down`,
    );
}

type Report = (seq: number, problem: string) => void;

const span = (first: number, last: number): string => (first === last ? `${first}` : `${first} to ${last}`);

async function readHead({ q, sealer, name, place }: Source, report: Report): Promise<Head> {
  const row = await q.selectFrom("audit_heads").selectAll().where("name", "=", name).executeTakeFirst();
  if (!row) {
    const { newest } = await q
      .selectFrom("audit_entries")
      .select((eb) => eb.fn.max("seq").as("newest"))
      .executeTakeFirstOrThrow();
    report(1, "the log has no sealed end: it was taken away, or nothing was ever recorded");
    return { seq: toNumber(newest), hash: "" };
  }
  const head = { seq: toNumber(row.seq), hash: row.hash };
  const sealed = opened(sealer, row.seal, place);
  if (sealed !== `${head.seq} ${head.hash}`)
    report(
      head.seq,
      "the end of the log is not sealed with this server's key: entries were cut off, or all of it was rewritten",
    );
  return head;
}

function opened(sealer: Sealer, seal: string, place: string): string | null {
  try {
    return sealer.open(seal, place);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}

async function pageAfter(q: Queries, after: number, upTo: number): Promise<StoredEntry[]> {
  const rows = await q
    .selectFrom("audit_entries")
    .selectAll()
    .where("seq", ">", after)
    .where("seq", "<=", upTo)
    .orderBy("seq")
    .limit(PAGE)
    .execute();
  return rows.map((row) => ({ ...row, seq: toNumber(row.seq) }));
}

function checkEntry(entry: StoredEntry, previous: Head, anchor: Head | undefined, report: Report): void {
  const { seq } = entry;
  const missing = seq > previous.seq + 1;
  if (missing)
    report(
      previous.seq + 1,
      `${seq === previous.seq + 2 ? "entry" : "entries"} ${span(previous.seq + 1, seq - 1)} missing`,
    );
  if (hashOf(entry) !== entry.hash) report(seq, `entry ${seq} was changed`);
  else if (!missing && entry.previous_hash !== previous.hash)
    report(previous.seq, `entry ${previous.seq} was replaced: entry ${seq} follows another one`);
  const personal = readPersonal(entry.personal);
  if (!personal || personalHashOf(personal) !== entry.personal_hash)
    report(seq, `the personal data of entry ${seq} was changed`);
  if (anchor?.seq === seq && anchor.hash !== entry.hash)
    report(seq, `entry ${seq} is not the one that was noted down: the log up to it was rewritten`);
}

/** Entries behind the sealed end were put in by somebody else: an append writes both at once. */
async function checkBeyond({ q, name }: Source, report: Report): Promise<void> {
  const { newest } = await q
    .selectFrom("audit_entries")
    .select((eb) => eb.fn.max("seq").as("newest"))
    .executeTakeFirstOrThrow();
  const row = await q.selectFrom("audit_heads").select("seq").where("name", "=", name).executeTakeFirst();
  if (row && toNumber(newest) > toNumber(row.seq))
    report(
      toNumber(row.seq) + 1,
      `entries ${span(toNumber(row.seq) + 1, toNumber(newest))} were put in behind the end of the log`,
    );
}
