import { createServer, type Server, type Socket } from "node:net";
import type { ClamavAddress, ClamavSettings } from "./clamav-client.ts";

/** How a stand-in for clamd answers one command; `body` is what INSTREAM carried, null when it was cut off. */
export type Manners = {
  ping?: (socket: Socket) => void;
  version?: (socket: Socket) => void;
  /** Called as soon as the command is there, before the stream. */
  streamBegins?: (socket: Socket) => void;
  /** Called with the whole stream. */
  stream?: (socket: Socket, body: Buffer) => void;
};

export interface StandIn {
  settings: ClamavSettings;
  /** Commands that came, and the bodies of the streams. */
  commands: string[];
  bodies: Buffer[];
  close(): Promise<void>;
}

const say = (text: string) => (socket: Socket) => void socket.end(text);
export const VERSION = "ClamAV 1.4.6/27800/Sun Nov 22 09:26:00 2026";

/** A server that speaks clamd's protocol as strictly as clamd, and is as rude as it is told to be. */
export async function standIn(manners: Manners = {}, settings: Partial<ClamavSettings> = {}): Promise<StandIn> {
  const commands: string[] = [];
  const bodies: Buffer[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    let bytes = Buffer.alloc(0);
    let streaming = false;
    socket.on("data", (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      if (!streaming) {
        const end = bytes.indexOf(0);
        if (end === -1) return;
        const command = bytes.subarray(0, end).toString();
        bytes = bytes.subarray(end + 1);
        commands.push(command);
        if (command === "zPING") return (manners.ping ?? say("PONG\0"))(socket);
        if (command === "zVERSION") return (manners.version ?? say(`${VERSION}\0`))(socket);
        if (command !== "zINSTREAM") return say("UNKNOWN COMMAND\0")(socket);
        streaming = true;
        manners.streamBegins?.(socket);
      }
      const body = chunksIn(bytes);
      if (body === null) return;
      bodies.push(body);
      (manners.stream ?? say("stream: OK\0"))(socket, body);
    });
  });
  await listening(server);
  const address = server.address() as { port: number };
  return {
    settings: {
      address: { hostname: "127.0.0.1", port: address.port },
      timeoutMs: 5_000,
      maxBytes: 2 ** 20,
      ...settings,
    },
    commands,
    bodies,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const listening = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve()));

/** The stream's content once its end has come; null before. */
function chunksIn(bytes: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (length === 0) return Buffer.concat(parts);
    if (at + 4 + length > bytes.length) return null;
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return null;
}

/** An address at which nobody listens. */
export async function nobody(): Promise<ClamavAddress> {
  const server = createServer();
  await listening(server);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return { hostname: "127.0.0.1", port };
}
