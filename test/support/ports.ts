/** A TCP port on 127.0.0.1 that was free a moment ago. Prefer port 0 where the server can say which one it got. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}
