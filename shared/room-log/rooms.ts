import type { Collections } from '#shared/room-log/collections.ts';
import type { Command, Head, Outcome, Window } from '#shared/room-log/types.ts';

/** A window as a reader gets it: at least as new as `head`, which was read after the reader asked. */
export interface WindowRead {
  window: Window;
  head: Head;
  /** Where the base came from, and how many log entries came on top. */
  base: 'cache' | 'readmodel' | 'query';
  changes: number;
}

/** The room log as the services see it. Every method throws Fault for what callers may be told, else the driver's error. */
export interface Rooms {
  readonly collections: Collections;
  /** Writes that wait for a flush. */
  readonly waiting: number;
  /** Writes one command; answers once it is on disk and every reader can see it. `deadline`: monotonic ms. */
  submit(room: string, command: Command, deadline: number): Promise<Outcome>;
  /** The heads now, in the order asked, null for a room that never had one. Shares one query with whoever asks meanwhile. */
  heads(rooms: readonly string[]): Promise<(Head | null)[]>;
  head(room: string): Promise<Head | null>;
  /** What stands in windows, cursors and ETags for a room's epoch: database generation and head epoch; '' for no head. */
  epochOf(head: Head | null): string;
  /** The newest window, null for a room without a head. */
  window(room: string): Promise<WindowRead | null>;
  /** Settles when the room may have changed after `rev`, after `ms`, or when `signal` aborts. */
  changed(room: string, rev: number, ms: number, signal?: AbortSignal): Promise<void>;
  /** A reader saw a document newer than its head: has the room repaired, without waiting for it. */
  repair(room: string): void;
}
