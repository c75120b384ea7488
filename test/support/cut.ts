import { createServer, connect, type Socket } from "node:net";

/** A wire to a TCP server that a test can cut. */
export interface Wire {
  port: number;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and passes everything on to `port` there. */
export async function layWire(port: number): Promise<Wire> {
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(socket);
      socket.on("data", (chunk) => other.write(chunk));
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        other.destroy();
      });
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const own = (server.address() as { port: number }).port;
  const cut = async (): Promise<void> => {
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : undefined;
    for (const socket of open) socket.resetAndDestroy();
    open.clear();
    await closed;
  };
  return { port: own, cut, mend: () => listen(own), close: cut };
}
