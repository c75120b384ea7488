import { expect, test } from "bun:test";
import { boundBody } from "./request-body.ts";

const endless = () =>
  new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(65_536)) });
const post = (path: string, body: BodyInit, headers: Record<string, string> = {}, method = "POST") =>
  boundBody(new Request(`http://localhost${path}`, { method, body, headers }), path);

test("a body that the router would hold is refused beyond 1 MiB, told or not", async () => {
  await expect(post("/api/v1/auth/login", endless())).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  const told = { "Content-Length": String(2 ** 20 + 1) };
  await expect(post("/api/v1/auth/login", endless(), told)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  await expect(post("/api/v1/assets/ana/tool/versions/1.0.0/yank", endless())).rejects.toMatchObject({ status: 413 });
});

test("a body of untold length arrives as it was sent", async () => {
  const parts = new Blob(['{"username":', '"ana"}']).stream();
  expect(await (await post("/api/v1/auth/login", parts)).json()).toEqual({ username: "ana" });
});

test("an upload stays a stream", async () => {
  for (const [method, path] of [
    ["PUT", "/api/v1/assets/ana/tool/versions/1.0.0"],
    ["POST", "/api/v1/assets/ana/tool/versions"],
    ["POST", "/publish"],
  ] as const)
    await (await post(path, endless(), {}, method)).body?.cancel();
});
