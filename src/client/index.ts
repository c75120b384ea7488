export { createClient, type Client } from "./client.ts";
export type * from "./wire.ts";
