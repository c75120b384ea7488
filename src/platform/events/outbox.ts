import type { Id } from "../../core/id.ts";
import type { Queries } from "../database/database.ts";

/** Something that happened, in the past tense (`asset.version.published`), numbered without gaps in commit order. */
export interface DomainEvent {
  seq: number;
  type: string;
  /** The asset, user … it is about. */
  subjectId: Id;
  actorId: Id | null;
  payload: Record<string, unknown>;
  at: string;
}

export type NewEvent = Omit<DomainEvent, "seq" | "at" | "actorId"> & { actorId?: Id | null };

/** The event log: written in the transaction of what happened, read by sequence number. */
export interface Outbox {
  /** Call it last in the transaction: it takes the lock that keeps numbers in commit order. */
  append(tx: Queries, ...events: NewEvent[]): Promise<void>;
  /** Up to `limit` events with `seq > after`, in order. */
  read(after: number, limit: number): Promise<DomainEvent[]>;
  /** The number of the newest event, 0 when there is none. */
  head(): Promise<number>;
  /** Calls back soon after new events were committed (in this process at once, from others by notification or poll). */
  subscribe(listener: () => void): () => void;
  /** Call after the commit. */
  announce(): void;
}
