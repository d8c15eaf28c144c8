import { Fault } from '#shared/errors.ts';
import type { Head } from '#shared/room-log/types.ts';

/**
 * A place in a room's changes feed: everything up to (rev, seq) has been handed out. `epoch` and `floorSeq` tell a
 * cursor that is void: the database was restored, or the room was deleted since.
 */
export interface Position {
  /** As `Rooms.epochOf` says it; '' for a room that had no head. */
  epoch: string;
  rev: number;
  seq: number;
  floorSeq: number;
}

/** Where everybody begins, and where a room without a head stands. */
export const START: Position = { epoch: '', rev: 0, seq: 0, floorSeq: 0 };

/** A cursor as text: digits, dots, letters, `-` and `_`, so that it needs no escaping in a URL. */
export const encodeCursor = ({ epoch, rev, seq, floorSeq }: Position): string =>
  `${rev}.${seq}.${floorSeq}.${Buffer.from(epoch).toString('base64url')}`;

/** The position that a cursor stands for; `0`, blank or absent: the start. Throws 400 for any other text. */
export function decodeCursor(text: string | undefined): Position {
  if (text === undefined || text.trim() === '' || text === '0') return START;
  const parts = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.([\w-]*)$/.exec(text);
  if (!parts) throw new Fault('cursor_invalid');
  const [rev, seq, floorSeq] = parts.slice(1, 4).map(Number) as [number, number, number];
  return { epoch: Buffer.from(parts[4]!, 'base64url').toString(), rev, seq, floorSeq };
}

/**
 * True when what the cursor's holder has is of no use any more: another epoch, a room deleted since, or a rev that the
 * room has not reached (a restored database). Who has read nothing yet has nothing to drop.
 */
export function isVoid(position: Position, head: Head | null, epoch: string): boolean {
  if (position.epoch === '') return false;
  return head === null || position.epoch !== epoch || position.floorSeq !== head.floorSeq || position.rev > head.rev;
}
