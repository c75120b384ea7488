import type { Capability } from "../../core/capability.ts";
import type { PackageReference } from "../../core/package-reference.ts";
import type { Digest } from "../../core/digest.ts";
import { withNestedFiles } from "./nested-files.ts";
import type { ScanSettings } from "./scan-settings.ts";
import type { Finding, ScanRequest, ScanTarget } from "./scanner.ts";
import type { ThreadScanner } from "./standard-scanners.ts";

/** From the main thread. `begin` names the version; `run` has one scanner look at it. */
export type ToThread =
  | { type: "start"; settings: ScanSettings }
  | { type: "begin"; target: ScanRequest }
  | { type: "run"; scanner: string };

/** Answers, one to each message. An `error` is the scanner's or the version's: the thread itself is well. */
export type FromThread =
  | { type: "started" }
  | { type: "begun"; error: string | null }
  | {
      type: "done";
      state: "completed" | "failed" | "missing";
      findings: Finding[];
      capabilities: Capability[];
      packages: PackageReference[];
      error: string | null;
      worn: boolean;
    };

/** Reads a blob's bytes, or a range of them; null when there is no such blob. */
export type OpenBlob = (
  digest: Digest,
  range?: { start: number; end: number },
) => Promise<ReadableStream<Uint8Array> | null>;

interface ThreadScope {
  postMessage(message: FromThread): void;
  onmessage: ((event: MessageEvent<ToThread>) => void) | null;
}

// So many findings cannot be read by anybody, and must not fill the database.
const FINDINGS_A_SCANNER = 200;
const NOTHING = { findings: [], capabilities: [], packages: [] };

/** The life of a scanning thread: it answers messages one at a time until it is terminated. */
export function serveScans(
  scope: ThreadScope,
  make: (settings: ScanSettings) => { scanners: ThreadScanner[]; openBlob: OpenBlob },
): void {
  let made: ReturnType<typeof make> | null = null;
  let target: ScanTarget | null = null;
  // Nobody aborts a thread politely: it is terminated.
  const { signal } = new AbortController();

  async function answer(message: ToThread): Promise<FromThread> {
    switch (message.type) {
      case "start":
        made = make(message.settings);
        return { type: "started" };
      case "begin":
        return { type: "begun", error: await begin(message.target) };
      case "run":
        return run(message.scanner);
    }
  }

  async function begin(request: ScanRequest): Promise<string | null> {
    target = null;
    try {
      target = await withNestedFiles(targetOf(request, made!.openBlob), signal);
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  async function run(name: string): Promise<FromThread> {
    const scanner = made?.scanners.find((candidate) => candidate.name === name);
    if (!scanner || !target) {
      return { type: "done", state: "missing", ...NOTHING, error: "There is no such scanner.", worn: false };
    }
    const worn = () => scanner.worn?.() ?? false;
    try {
      const findings = mostSevere(await scanner.scan(target, signal));
      const capabilities = (await scanner.extract?.(target, signal)) ?? [];
      const packages = (await scanner.packages?.(target, signal)) ?? [];
      return { type: "done", state: "completed", findings, capabilities, packages, error: null, worn: worn() };
    } catch (error) {
      return { type: "done", state: "failed", ...NOTHING, error: messageOf(error), worn: worn() };
    }
  }

  scope.onmessage = (event) => {
    answer(event.data).then(
      (reply) => scope.postMessage(reply),
      // Thrown outside of any promise, so that the thread ends and the main thread learns of it.
      (error) =>
        queueMicrotask(() => {
          throw error;
        }),
    );
  };
}

function targetOf(request: ScanRequest, openBlob: OpenBlob): ScanTarget {
  return {
    ...request,
    async open(file, range) {
      const stream = await openBlob(file.digest, range);
      if (stream === null) throw new Error(`The bytes of ${file.path} are not in the blob store.`);
      return stream;
    },
  };
}

function mostSevere(findings: Finding[]): Finding[] {
  if (findings.length <= FINDINGS_A_SCANNER) return findings;
  const order = ["critical", "high", "medium", "low", "info"];
  return findings
    .toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .slice(0, FINDINGS_A_SCANNER);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);
