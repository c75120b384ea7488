import { createSocket } from "node:dgram";
import { isIPv6, connect } from "node:net";
import { hostname } from "node:os";
import type { AuditRecord } from "./audit-reader.ts";
import type { AuditSink } from "./audit-sink.ts";
import { auditWire } from "./audit-wire.ts";

/** "log audit" (RFC 5424 6.2.1). */
const FACILITY = 13;
const SEVERITY = { success: 6, denied: 4, failure: 4 } as const;
const TIMEOUT_MS = 10_000;

/** Sends entries to `udp://host:514` (RFC 5426) or `tcp://host:601` (RFC 6587, octets counted), a JSON object a message. */
export function createSyslogSink(url: string): AuditSink {
  const { protocol, hostname: host, port } = new URL(url);
  const target = { host: host.replace(/^\[|\]$/g, ""), port: Number(port || (protocol === "tcp:" ? 601 : 514)) };
  const send = protocol === "tcp:" ? sendStream : sendDatagrams;
  return {
    send: (records) => send(target, records.map(syslogMessage)),
    close: async () => {},
  };
}

interface Target {
  host: string;
  port: number;
}

/** One message (RFC 5424). The action is its MSGID; the text is JSON behind a byte order mark, which says that it is UTF-8. */
export function syslogMessage(record: AuditRecord): Buffer {
  const priority = FACILITY * 8 + SEVERITY[record.outcome];
  const host = printable(hostname(), 255);
  const head = `<${priority}>1 ${record.at} ${host} marketplace ${process.pid} ${printable(record.action, 32)} -`;
  return Buffer.from(`${head} \uFEFF${JSON.stringify(auditWire(record))}`);
}

const printable = (text: string, max: number): string => text.replace(/[^\x21-\x7e]/g, "_").slice(0, max) || "-";

/**
 * One connection a batch: we say that we are done, and the batch counts as delivered when the other side, having read to the
 * end, closes too. Syslog has no receipts, and what only lies in a buffer when a receiver dies is lost with it.
 */
function sendStream(target: Target, messages: readonly Buffer[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ ...target, allowHalfOpen: true });
  let ended = false;
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error("the syslog server did not answer in time")));
  socket.on("connect", () => {
    const frames = messages.flatMap((message) => [Buffer.from(`${message.byteLength} `), message]);
    socket.end(Buffer.concat(frames));
  });
  // What it says does not matter, but only who reads learns of the end.
  socket.resume();
  socket.on("end", () => {
    ended = true;
  });
  socket.on("error", reject);
  socket.on("close", () => (ended ? resolve() : reject(new Error("the syslog server closed the connection early"))));
  return promise;
}

/** Nobody learns whether a datagram arrived. */
async function sendDatagrams({ host, port }: Target, messages: readonly Buffer[]): Promise<void> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  socket.on("error", reject);
  try {
    for (const message of messages) {
      const sent = new Promise<void>((resolve, refuse) => {
        socket.send(message, port, host, (error) => (error ? refuse(error) : resolve()));
      });
      await Promise.race([sent, failed]);
    }
  } finally {
    socket.close();
  }
}
