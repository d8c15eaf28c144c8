import type { ObjectId } from 'mongodb';

/** Epoch milliseconds. */
export type Millis = number;

export interface Reaction {
  userId: string;
  emoji: string;
  at: Millis;
  username: string | null;
}

export interface Edit {
  previousText: string;
  editedAt: string;
}

/** A sent quote, as stored: what L12 falls back to when the target is unknown. */
export interface Quote {
  messageId?: string;
  username?: string | null;
  text: string;
  timestamp?: string | null;
  kind?: string | null;
  media?: unknown;
  audio?: unknown;
  deleted?: boolean;
  deletedAt?: string | null;
}

/**
 * The whole state of a message: what the log carries, the collections hold and the windows keep.
 * Reactions are a list, so that any userId (`a.b`, `$x`, `__proto__`) is only ever a value.
 */
export interface Message {
  room: string;
  messageId: string;
  seq: number;
  rev: number;
  createdAt: Millis;
  timestamp: string;
  userId: string | null;
  username: string | null;
  usernameLc: string | null;
  avatar: string | null;
  bubbleColor: string | null;
  text: string;
  kind: string | null;
  /** Absent once the message is deleted. */
  media?: unknown;
  audio?: unknown;
  replyTo: Quote | null;
  edited: boolean;
  lastEditedAt: string | null;
  edits: Edit[];
  deleted: boolean;
  deletedAt: string | null;
  reactions: Reaction[];
  /** Counts for group previews: not deleted, not a system line. Absent otherwise (partial index). */
  previewable?: true;
  /** L10: who used which Idempotency-Key for which body. */
  author?: string;
  key?: string;
  keyHash?: string;
}

/** A room's head: the end of its log that every reader may see. `_id` is the canonical room. */
export interface Head {
  _id: string;
  epoch: string;
  rev: number;
  /** Messages at or below floorSeq are gone (L13). */
  seq: number;
  floorSeq: number;
  /** createdAt of the newest message; 0 before the first. */
  createdAt: Millis;
  /** seq of the newest message above floorSeq, else null; for thread lists. */
  lastSeq: number | null;
  /** seq of the newest previewable message above floorSeq, else null; for group previews. */
  previewSeq: number | null;
  /** DMs: both usernames, and createdAt of the newest message while it is listed. */
  participants?: [string, string];
  listedAt?: Millis;
  /** When documents at or below floorSeq are to be removed. */
  purgeAt?: Millis;
}

export type ChangeKind = 'created' | 'edited' | 'deleted' | 'reacted' | 'recoloured' | 'room-deleted';

/** What was asked, small enough to stand in every change; the state stands in `message`. */
export type ChangeOp =
  | { messageId: string }
  | { messageId: string; userId: string; username: string | null; emoji: string | null }
  | { usernameLc: string; colour: string; fromSeq: number; toSeq: number }
  | { floorSeq: number };

export interface Change {
  rev: number;
  kind: ChangeKind;
  /** seq of the changed message; null for recoloured and room-deleted. */
  seq: number | null;
  op: ChangeOp;
  /** The state after this change; only on the last change of a message in its entry (L1). */
  message?: Message;
}

/** One append: what happened to a room, and the head it leads to. `from`/`to` are the revs of the first and last change. */
export interface Entry {
  _id: ObjectId;
  room: string;
  epoch: string;
  from: number;
  to: number;
  at: Millis;
  changes: Change[];
  head: Head;
}

/** A message as a caller sends it, checked and cut to the sizes, before it has a place in the room. */
export type NewMessage = Pick<
  Message,
  | 'messageId'
  | 'userId'
  | 'username'
  | 'usernameLc'
  | 'avatar'
  | 'bubbleColor'
  | 'text'
  | 'kind'
  | 'media'
  | 'audio'
  | 'replyTo'
  | 'previewable'
  | 'author'
  | 'key'
  | 'keyHash'
>;

export type Command =
  /** `fresh`: the messageId was made for this very attempt, so no repeat of it can be stored yet (L10). */
  | { op: 'create'; message: NewMessage; fresh: boolean }
  | { op: 'edit'; messageId: string; newText: string }
  | { op: 'delete'; messageId: string }
  | { op: 'react'; messageId: string; user: { userId: string; username: string | null }; emoji: string | null }
  | { op: 'recolour'; usernameLc: string; colour: string }
  | { op: 'delete-room' };

/** What a command leads to. `replayed`: nothing was written, the stored message is answered (L10). */
export interface Outcome {
  message: Message | null;
  replayed: boolean;
  /** Messages that got the colour, or that the room had when it was deleted. */
  count: number;
}

/** What a quote shows of its target (L12). */
export type Quoted = Pick<
  Message,
  'messageId' | 'username' | 'text' | 'timestamp' | 'kind' | 'media' | 'audio' | 'deleted' | 'deletedAt'
>;

/** What a window looks at in a message. */
export interface ItemSummary {
  readonly seq: number;
  readonly rev: number;
  readonly messageId: string;
  readonly usernameLc: string | null;
  /** The sent quote; the JSON has null in its place. */
  readonly replyTo: Quote | null;
}

/** A message in a window. */
export interface WindowItem extends ItemSummary {
  /** UTF-8 bytes of the JSON, and estimated ones of the sent quote. */
  readonly bytes: number;
  /** A `MessageView`. */
  readonly json: string;
}

/** The newest messages of a room at one rev. Never changed in place: a change makes a new window. */
export interface Window {
  room: string;
  /** As `Rooms.epochOf` says it: database generation and room epoch. */
  epoch: string;
  /** The last change applied; never copied from a head. */
  rev: number;
  floorSeq: number;
  /** Every message with seq >= startSeq (and > floorSeq) is in `items`. */
  startSeq: number;
  /** Ascending seq; at most 500 messages and 4 MiB. */
  items: readonly WindowItem[];
  /** What the items quote, by messageId; null: looked for and unknown. */
  quotes: ReadonlyMap<string, Quoted | null>;
  /** Bytes of the items, and estimated ones of the quotes. */
  bytes: number;
}
