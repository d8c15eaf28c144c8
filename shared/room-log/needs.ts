import type { Command, Message } from '#shared/room-log/types.ts';

/** What some commands must know of a room at its end h before they can be computed (L3): a few batched look-ups. */
export interface Needs {
  /** Targets of edits, deletions and reactions, and ids of creates that may be repeats (L10). */
  messageIds: string[];
  /** Idempotency keys of creates. */
  keys: { author: string; key: string }[];
  /** Users to be recoloured: their documents in room_colours; see `recentOf` for what else. */
  usernames: string[];
  /** Targets of quotes that name only a timestamp. */
  timestamps: string[];
  /** How many of the newest previewable seqs: one more than there are deletions; 0 when there are none. */
  previewSeqs: number;
}

/** What was found, all of it read after h was known. Anything at or below the head's floorSeq is ignored (L13). */
export interface Loaded {
  byId: ReadonlyMap<string, Message>;
  /** By `keyOf(author, key)`. */
  byKey: ReadonlyMap<string, Message>;
  /** Colour by usernameLc, only from documents whose floorSeq is the head's: an older one is void (L13). */
  colours: ReadonlyMap<string, string>;
  /** Messages among the newest 500 of the users that `recentOf` names; more does no harm. Only counted, so a projection will do. */
  recent: readonly Pick<Message, 'seq' | 'usernameLc'>[];
  /** The newest `Needs.previewSeqs` seqs of previewable messages, in any order; fewer when there are no more. */
  previewSeqs: readonly number[];
  /** The newest message with each asked timestamp. */
  byTimestamp: ReadonlyMap<string, Pick<Message, 'messageId' | 'seq'>>;
}

/** What is loaded for commands that need nothing. */
export const NOTHING_LOADED: Loaded = {
  byId: new Map(),
  byKey: new Map(),
  colours: new Map(),
  recent: [],
  previewSeqs: [],
  byTimestamp: new Map(),
};

/** The map key of an idempotency key. A key is printable, so the last NUL always separates. */
export const keyOf = (author: string, key: string): string => `${author}\0${key}`;

/** The timestamp that a sent quote must be looked up by, if it names nothing better. */
export const quotedTimestamp = ({ replyTo }: Pick<Message, 'replyTo'>): string | undefined =>
  replyTo && !replyTo.messageId ? (replyTo.timestamp ?? undefined) : undefined;

/** What to load for these commands. `believesFresh`: that an id is fresh can be relied on, see ends.ts. */
export function needsOf(commands: readonly Command[], believesFresh: boolean): Needs {
  const messageIds = new Set<string>();
  const keys = new Map<string, { author: string; key: string }>();
  const usernames = new Set<string>();
  const timestamps = new Set<string>();
  let deletions = 0;
  for (const command of commands) {
    if (command.op === 'create') {
      const { messageId, author, key } = command.message;
      if (!(command.fresh && believesFresh)) messageIds.add(messageId);
      if (author !== undefined && key !== undefined) keys.set(keyOf(author, key), { author, key });
      const timestamp = quotedTimestamp(command.message);
      if (timestamp !== undefined) timestamps.add(timestamp);
    } else if (command.op === 'recolour') usernames.add(command.usernameLc);
    else if (command.op !== 'delete-room') messageIds.add(command.messageId);
    if (command.op === 'delete') deletions += 1;
  }
  return {
    messageIds: [...messageIds],
    keys: [...keys.values()],
    usernames: [...usernames],
    timestamps: [...timestamps],
    previewSeqs: deletions === 0 ? 0 : deletions + 1,
  };
}

/** Users whose newest messages must be loaded too: those who get another colour than the stored one (L14). */
export function recentOf(commands: readonly Command[], colours: ReadonlyMap<string, string>): string[] {
  const users = commands.flatMap((command) =>
    command.op === 'recolour' && colours.get(command.usernameLc) !== command.colour ? [command.usernameLc] : [],
  );
  return [...new Set(users)];
}
