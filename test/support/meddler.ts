/** Something between a client and the server that changes answers, as a broken disk or an attacker would. */
export interface Meddler {
  url: string;
  /** Paths (with their query) that were asked for, in order. */
  asked: string[];
  stop(): Promise<void>;
}

/** What becomes of one answer; undefined leaves it. */
export type Meddling = (path: string, response: Response) => Promise<Response | undefined> | Response | undefined;

export function startMeddler(target: string, meddle: Meddling): Meddler {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      asked.push(`${pathname}${search}`);
      const headers = new Headers(request.headers);
      headers.delete("Host");
      headers.delete("Accept-Encoding");
      const body = request.method === "GET" ? undefined : await request.arrayBuffer();
      const response = await fetch(`${target}${pathname}${search}`, {
        method: request.method,
        headers,
        body,
        redirect: "manual",
      });
      return (await meddle(decodeURIComponent(pathname), response)) ?? response;
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, asked, stop: () => server.stop(true) };
}

/** The same answer with its body changed. */
export async function changed(response: Response, change: (bytes: Uint8Array) => Uint8Array): Promise<Response> {
  const headers = new Headers(response.headers);
  headers.delete("Content-Length");
  const bytes = change(new Uint8Array(await response.arrayBuffer()));
  return new Response(bytes as Uint8Array<ArrayBuffer>, { status: response.status, headers });
}

/** The same answer with its JSON changed. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
export const changedJson = (response: Response, change: (json: any) => any): Promise<Response> =>
  changed(response, (bytes) => Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(bytes).toString())))));
