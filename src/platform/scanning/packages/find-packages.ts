import type { PackageReference } from "../../../core/package-reference.ts";
import { isMarkdown } from "../capabilities/markdown.ts";
import { readRange } from "../read-bytes.ts";
import type { ScanFile, ScanTarget } from "../scanner.ts";
import { readBunLock, readPackageJson, readPackageLock, readPnpmLock, readYarnLock } from "./npm-files.ts";
import {
  readCargoToml,
  readComposerLock,
  readGemfileLock,
  readGoMod,
  readServerJson,
  readTomlLock,
} from "./other-files.ts";
import { createPackageSet, type PackageRemark, type PackageSet, type RemoteSource, type Use } from "./package-set.ts";
import { MAX_TOML, readPipfileLock, readPyproject, readRequirements, readScriptMetadata } from "./python-files.ts";
import { readMarkdown, readScript, readServers } from "./read-commands.ts";

type Reader = (set: PackageSet, path: string, text: string) => void;

const MIB = 2 ** 20;
/** Of one lockfile; a larger one is remarked, because what it names is not known. */
const MAX_LOCKFILE = 8 * MIB;
const MAX_TEXT = MIB;
/** Of all files that are read. */
const MAX_TOTAL = 64 * MIB;

const READERS: readonly (readonly [RegExp, Reader, number])[] = [
  [/(?:^|\/)package\.json$/, readPackageJson, MAX_TEXT],
  [/(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/, readPackageLock, MAX_LOCKFILE],
  [/(?:^|\/)yarn\.lock$/, readYarnLock, MAX_LOCKFILE],
  [/(?:^|\/)pnpm-lock\.ya?ml$/, readPnpmLock, MAX_LOCKFILE],
  [/(?:^|\/)bun\.lock$/, readBunLock, MAX_LOCKFILE],
  [
    /(?:^|\/)(?:[\w.-]{0,60}requirements[\w.-]{0,60}|constraints[\w.-]{0,60})\.(?:txt|in)$/i,
    readRequirements,
    MAX_TEXT,
  ],
  [/(?:^|\/)requirements\/[\w.-]{1,60}\.(?:txt|in)$/i, readRequirements, MAX_TEXT],
  [/(?:^|\/)pyproject\.toml$/, readPyproject, MAX_TOML],
  [/(?:^|\/)(?:poetry|uv|pdm)\.lock$/, readTomlLock("PyPI"), MAX_LOCKFILE],
  [/(?:^|\/)Pipfile\.lock$/, readPipfileLock, MAX_LOCKFILE],
  [/(?:^|\/)go\.mod$/, readGoMod, MAX_TEXT],
  [/(?:^|\/)Cargo\.toml$/, readCargoToml, MAX_TOML],
  [/(?:^|\/)Cargo\.lock$/, readTomlLock("crates.io"), MAX_LOCKFILE],
  [/(?:^|\/)Gemfile\.lock$/, readGemfileLock, MAX_LOCKFILE],
  [/(?:^|\/)composer\.lock$/, readComposerLock, MAX_LOCKFILE],
  [/(?:^|\/)server\.json$/, readServerJson, MAX_TEXT],
];
const COMMANDS =
  /\.(?:sh|bash|zsh|fish|ksh|command|ps1|bat|cmd|ya?ml|mk|just)$|(?:^|\/)(?:Dockerfile[\w.-]{0,40}|[\w.-]{0,40}\.dockerfile|Makefile|justfile)$/i;

export interface FoundPackages {
  references: (PackageReference & { use: Use })[];
  remotes: readonly RemoteSource[];
  remarks: readonly PackageRemark[];
}

/** Every package that a version's files name. A file that is not valid names none, as it does for its own tool. */
export async function findPackages(target: ScanTarget, signal: AbortSignal): Promise<FoundPackages> {
  const set = createPackageSet();
  let left = MAX_TOTAL;
  for (const file of target.files) {
    signal.throwIfAborted();
    const plan = planOf(file);
    if (plan === null) continue;
    if (file.size > plan.most || file.size > left) {
      if (plan.lists)
        set.remark({ rule: "unreadable", text: `${file.path} is too large to be read.`, path: file.path, line: null });
      continue;
    }
    left -= file.size;
    const bytes = await readRange(target, file, 0, file.size);
    const text = new TextDecoder().decode(bytes);
    for (const read of plan.readers) attempt(() => read(set, file.path, text));
  }
  return { references: set.references(), remotes: set.remotes, remarks: set.remarks };
}

function planOf(file: ScanFile): { readers: Reader[]; most: number; lists: boolean } | null {
  const listed = READERS.filter(([name]) => name.test(file.path));
  const readers = listed.map(([, read]) => read);
  if (isMarkdown(file.path)) readers.push(readMarkdown);
  else if (COMMANDS.test(file.path)) readers.push(readScript);
  else if (/\.pyw?$/i.test(file.path)) readers.push(readScriptMetadata);
  else if (/\.json$/i.test(file.path) && !/-lock\.json$|composer|Pipfile/.test(file.path))
    readers.push((set, path, text) => readServers(set, path, text, 0));
  if (readers.length === 0) return null;
  return { readers, most: listed[0]?.[2] ?? MAX_TEXT, lists: listed.length > 0 };
}

/** What a parser cannot read says nothing. */
function attempt(read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
