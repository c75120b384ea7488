export { createOutbox, type DatabaseOutbox } from "./database-outbox.ts";
export type { DomainEvent, NewEvent, Outbox } from "./outbox.ts";
