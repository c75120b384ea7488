import type { ScanSettings } from "./scan-settings.ts";
import type { FromThread, ToThread } from "./scan-thread.ts";

/** The thread ended by itself: killed, out of memory, or an error nobody caught. */
export class ThreadEnded extends Error {}
export class ThreadTimedOut extends Error {}

/** A scanning thread seen from outside: one question at a time, each with a deadline it cannot evade. */
export interface ThreadHandle {
  /** Throws ThreadEnded, ThreadTimedOut or the signal's reason; after any of them the thread is of no more use. */
  ask(message: ToThread, timeoutMs: number, signal: AbortSignal): Promise<FromThread>;
  end(): void;
  readonly usable: boolean;
}

/** Starts a thread; it is ready when its first answer has come. */
export function startThread(spawn: () => Worker): ThreadHandle {
  let usable = true;
  let settle: { resolve(reply: FromThread): void; reject(error: Error): void } | null = null;
  const worker = spawn();

  const end = (): void => {
    if (!usable) return;
    usable = false;
    worker.terminate();
  };
  const fail = (error: Error): void => {
    const waiting = settle;
    settle = null;
    end();
    waiting?.reject(error);
  };
  worker.onmessage = (event: MessageEvent<FromThread>) => {
    const waiting = settle;
    settle = null;
    waiting?.resolve(event.data);
  };
  worker.onerror = (event) => {
    event.preventDefault?.();
    fail(new ThreadEnded(`The scanning thread ended: ${event.message || "it gave no reason"}.`));
  };
  worker.addEventListener("close", () => fail(new ThreadEnded("The scanning thread ended.")));
  worker.addEventListener("messageerror", () =>
    fail(new ThreadEnded("The scanning thread gave an unreadable answer.")),
  );

  return {
    get usable() {
      return usable;
    },
    end,
    ask(message, timeoutMs, signal) {
      if (!usable) return Promise.reject(new ThreadEnded("The scanning thread has ended."));
      return new Promise((resolve, reject) => {
        const abort = () => fail(asError(signal.reason));
        const timer = setTimeout(
          () => fail(new ThreadTimedOut(`It took longer than ${timeoutMs / 1000} s.`)),
          timeoutMs,
        );
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", abort);
        };
        settle = {
          resolve: (reply) => {
            done();
            resolve(reply);
          },
          reject: (error) => {
            done();
            reject(error);
          },
        };
        if (signal.aborted) return abort();
        signal.addEventListener("abort", abort, { once: true });
        worker.postMessage(message);
      });
    },
  };
}

/** A thread that has made its scanners and is ready for a version. */
export async function startedThread(
  spawn: () => Worker,
  settings: ScanSettings,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ThreadHandle> {
  const thread = startThread(spawn);
  await thread.ask({ type: "start", settings }, timeoutMs, signal);
  return thread;
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
