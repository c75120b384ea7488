/** A process that runs the job "test.effect": it does its effect, says so, and then hangs until it is killed. */
import { systemClock } from "../../src/core/clock.ts";
import { createDatabase } from "../../src/platform/database/index.ts";
import { createJobQueue } from "../../src/platform/jobs/index.ts";
import { silentLog } from "../../src/platform/telemetry/index.ts";

const [url = "", path = ""] = process.argv.slice(2);
const database = createDatabase({ url, path });
const queue = createJobQueue({ database, clock: systemClock, log: silentLog });
queue.register("test.effect", async (_payload, { jobId }) => {
  await database.write((tx) =>
    tx
      .insertInto("counters")
      .values({ name: `effect:${jobId}`, value: 1 })
      .execute(),
  );
  console.log("effect");
  await new Promise(() => setInterval(() => {}, 60_000));
});
queue.start();
