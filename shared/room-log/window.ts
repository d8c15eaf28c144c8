import type { Entry, Message, Window } from '#shared/room-log/types.ts';

/** What a window is made of: the answer of one query for the newest messages, labelled with a head read before it. */
export interface WindowBase {
  room: string;
  /** As `Rooms.epochOf` says it. */
  epoch: string;
  rev: number;
  floorSeq: number;
  headSeq: number;
  /** Descending seq, floorSeq < seq <= headSeq. */
  newestFirst: readonly Message[];
  /** True when the query reached the room's first message. */
  complete: boolean;
}

export function windowOf(_base: WindowBase): Window {
  throw new Error('not written yet');
}

/** The window after an entry; the same object for an entry it already has; null for a hole or another epoch. */
export function applyEntry(_window: Window, _entry: Entry, _epoch: string): Window | null {
  throw new Error('not written yet');
}

/** Quoted messages that are neither in the window nor known to be missing. */
export function missingQuotes(_window: Window): string[] {
  throw new Error('not written yet');
}

/**
 * The window with the quoted messages that were asked for; an id of `asked` without a message in `found` is unknown
 * from now on. To be used on the very window that `missingQuotes` was asked about: `found` may be older than a later one.
 */
export function withQuotes(_window: Window, _found: ReadonlyMap<string, Message>, _asked: readonly string[]): Window {
  throw new Error('not written yet');
}
