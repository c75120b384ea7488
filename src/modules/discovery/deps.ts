import type { Clock } from "../../core/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { SearchIndex } from "../../platform/search/search-index.ts";
import type { Log } from "../../platform/telemetry/log.ts";

export interface DiscoveryDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  index: SearchIndex;
  log: Log;
}
