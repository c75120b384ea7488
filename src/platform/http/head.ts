import { contextOf, setContext } from "./request-context.ts";

const heads = new WeakSet<Request>();

/** Whether this GET stands for a HEAD: the route need not open what it would send, nor count it. */
export const isHead = (request: Request): boolean => heads.has(request);

/**
 * Answers HEAD as GET would be answered, without its body (RFC 9110 9.3.2). Elysia alone would read the whole body to learn
 * its length, and say 0 for one that the route left out.
 */
export async function answerHead(request: Request, handle: (request: Request) => Promise<Response>): Promise<Response> {
  const get = new Request(request.url, { method: "GET", headers: request.headers, signal: request.signal });
  setContext(get, contextOf(request));
  heads.add(get);
  const { status, headers, body } = await handle(get);
  if (body === null || headers.has("Content-Length")) await body?.cancel();
  else headers.set("Content-Length", String((await new Response(body).arrayBuffer()).byteLength));
  return new Response(null, { status, headers });
}
