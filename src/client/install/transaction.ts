import { mkdir, open, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { conflict } from "../../core/error.ts";
import { checkPath } from "../../core/package/path.ts";
import { inside, whatIs } from "./disk.ts";
import { type Exclusive, withExclusive } from "./exclusive.ts";

/** Where work in progress lies, below the project or home folder, on the same file system as what it will replace. */
const STATE = ".marketplace/.state";

/** One step: what is at `target` goes, and what is at `staged` (below the transaction's folder) takes its place. */
interface Step {
  target: string;
  staged: string | null;
}

interface Journal {
  journal: 1;
  /** Names the transaction's folder. */
  id: string;
  steps: Step[];
}

/**
 * Changes to many places that happen all or not at all. Everything is staged first; then a journal is written, which is
 * the point of no return; then each place is exchanged by renames. A process that dies before the journal changed nothing,
 * one that dies after it is continued by whoever comes next.
 */
export interface Transaction {
  readonly root: string;
  /** Absolute path of a new name in the staging folder. */
  stage(): Promise<string>;
  /** Plans the exchange of a place (relative to the root) by something staged, or its removal. */
  replace(target: string, staged: string | null): void;
  /** Does all that was planned. */
  commit(): Promise<void>;
}

/** Runs `work` alone in this root, after finishing what a dead process had begun. What was not committed is thrown away. */
export async function inTransaction<T>(
  root: string,
  work: (transaction: Transaction) => Promise<T>,
  onWait?: (pid: number) => void,
): Promise<T> {
  const lock = await inside(root, `${STATE}/lock`);
  const state = dirname(lock);
  try {
    return await withExclusive(
      lock,
      async (exclusive) => {
        await recover(root, state);
        await writeFile(join(state, ".gitignore"), "*\n");
        const transaction = begin(root, state, exclusive);
        try {
          return await work(transaction);
        } finally {
          await rm(join(state, "staging"), { recursive: true, force: true });
          await rm(join(state, ".gitignore"), { force: true });
        }
      },
      onWait,
    );
  } finally {
    // Empty folders say nothing; a full one is somebody's.
    await rmdir(state).catch(() => {});
    await rmdir(dirname(state)).catch(() => {});
  }
}

function begin(root: string, state: string, exclusive: Exclusive): Transaction {
  const id = crypto.randomUUID();
  const folder = join(state, "staging", id);
  const steps: Step[] = [];
  let next = 0;
  return {
    root,
    async stage() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return join(folder, String(next++));
    },
    replace(target, staged) {
      if (steps.some((step) => step.target === target)) throw new Error(`${target} is exchanged twice`);
      steps.push({ target, staged: staged === null ? null : staged.slice(folder.length + 1) });
    },
    async commit() {
      if (steps.length === 0) return;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await exclusive.check();
      await writeJournal(state, { journal: 1, id, steps });
      await finish(root, state, { journal: 1, id, steps });
    },
  };
}

const journalPath = (state: string): string => join(state, "journal.json");
const draftPath = (state: string): string => `${journalPath(state)}.new`;

async function writeJournal(state: string, journal: Journal): Promise<void> {
  const draft = draftPath(state);
  const file = await open(draft, "w", 0o600);
  await file.writeFile(JSON.stringify(journal));
  await file.sync();
  await file.close();
  await rename(draft, journalPath(state));
}

/** Every step can be done again: what is staged tells whether it was done. */
async function finish(root: string, state: string, journal: Journal): Promise<void> {
  const folder = join(state, "staging", journal.id);
  for (const [number, { target, staged }] of journal.steps.entries())
    await exchange(
      await inside(root, target),
      staged === null ? null : join(folder, staged),
      join(folder, `old-${number}`),
    );
  for (const { target, staged } of journal.steps) if (staged === null) await prune(root, target);
  await rm(journalPath(state), { force: true });
  await rm(folder, { recursive: true, force: true });
}

async function exchange(target: string, staged: string | null, old: string): Promise<void> {
  if (staged !== null && (await whatIs(staged)) === "nothing") return;
  const found = await whatIs(target);
  const coming = staged === null ? "nothing" : await whatIs(staged);
  if (staged !== null) await mkdir(dirname(target), { recursive: true });
  // A file takes another's place in one step; a folder has to be moved out of the way.
  const inOneStep = found === "file" && coming === "file";
  if (found !== "nothing" && !inOneStep) {
    await rm(old, { recursive: true, force: true });
    await rename(target, old).catch(explainRename(target));
  }
  if (staged !== null) await rename(staged, target).catch(explainRename(target));
}

/** Takes away the folders that a removal left empty, below the root. */
async function prune(root: string, target: string): Promise<void> {
  for (let folder = dirname(target); folder !== "."; folder = dirname(folder)) {
    const gone = await rmdir(join(root, folder)).then(
      () => true,
      () => false,
    );
    if (!gone) return;
  }
}

const explainRename =
  (target: string) =>
  (error: { code?: string }): never => {
    if (error.code === "EXDEV")
      throw conflict(
        `${target} lies on another file system than the folder it is installed from. Install with --dir there.`,
      );
    throw error;
  };

/** Continues what a process that died had written down, and clears what it had not. */
async function recover(root: string, state: string): Promise<void> {
  const journal = await readJournal(state);
  if (journal) await finish(root, state, journal);
  await rm(draftPath(state), { force: true });
  await rm(join(state, "staging"), { recursive: true, force: true });
}

/** A journal may come with somebody's repository: it can do no more than rename within the root. */
async function readJournal(state: string): Promise<Journal | null> {
  let text: string;
  try {
    text = await readFile(journalPath(state), "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  }
  const { journal, id, steps } = JSON.parse(text) as Journal;
  const sound =
    journal === 1 &&
    /^[0-9a-f-]{36}$/.test(id) &&
    steps.every(({ target, staged }) => checkPath(target) === target && (staged === null || /^\d+$/.test(staged)));
  if (!sound) throw conflict(`${journalPath(state)} is damaged. Remove it and install again.`);
  return { journal, id, steps };
}
