import { createIndexHost, type HostAnswer, type HostRequest } from "../platform/search/index-host.ts";

declare const self: Worker;

const host = createIndexHost();

self.onmessage = (event: MessageEvent<{ id: number; request: HostRequest }>) => {
  const { id, request } = event.data;
  host.handle(request).then(
    (value) => self.postMessage({ id, value } satisfies HostAnswer),
    (error: unknown) => self.postMessage({ id, problem: String(error) } satisfies HostAnswer),
  );
};
