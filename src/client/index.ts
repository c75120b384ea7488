export { createClient, type Client } from "./client.ts";
export { chooseServer, chooseToken } from "./credentials.ts";
export type * from "./wire.ts";
