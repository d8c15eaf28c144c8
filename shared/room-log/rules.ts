import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { bytesOf, editBytes } from '#shared/room-log/sizes.ts';
import { isoOf } from '#shared/room-log/times.ts';
import type { Edit, Message, Millis, NewMessage } from '#shared/room-log/types.ts';

/**
 * The rules of a message: (state, change) -> new state. Nothing is changed in place. A rule that changes nothing gives
 * the same object back, and the change then takes no rev.
 */

/** The first state of a message at its place in the room. `createdAt` is the room's time (L11); `timestamp` is made of it. */
export function created(
  message: NewMessage,
  place: { room: string; seq: number; rev: number; createdAt: Millis },
): Message {
  return {
    ...place,
    timestamp: isoOf(place.createdAt),
    ...message,
    edited: false,
    lastEditedAt: null,
    edits: [],
    deleted: false,
    deletedAt: null,
    reactions: [],
  };
}

/** The newest edits that the document has room for: at most 100, and fewer when it would pass 256 KiB through them. */
export function keptEdits(edits: Edit[], bytesWithout: number): Edit[] {
  let bytes = bytesWithout;
  let first = edits.length;
  while (first > 0 && edits.length - first < LIMITS.edits) {
    bytes += editBytes(edits[first - 1]!);
    if (bytes > LIMITS.documentBytes) break;
    first -= 1;
  }
  return edits.slice(first);
}

/** A new text; the text before joins `edits`, oldest first. Throws message_deleted: an edit must not revive a text. */
export function edited(state: Message, newText: string, rev: number, at: Millis): Message {
  if (state.deleted) throw new Fault('message_deleted');
  const editedAt = isoOf(at);
  const next: Message = { ...state, rev, text: newText, edited: true, lastEditedAt: editedAt, edits: [] };
  next.edits = keptEdits([...state.edits, { previousText: state.text, editedAt }], bytesOf(next));
  return next;
}

/**
 * A tombstone: no text, media, audio or earlier texts; kind, quote, colour and reactions stay, as clients show them.
 * Of a deleted message the same state.
 */
export function removed(state: Message, rev: number, at: Millis): Message {
  if (state.deleted) return state;
  const { media: _media, audio: _audio, previewable: _previewable, ...kept } = state;
  return { ...kept, rev, text: '', edits: [], deleted: true, deletedAt: isoOf(at) };
}

/**
 * One reaction a user: the same emoji again removes it, another replaces it in its place, null or blank removes. Allowed
 * on deleted messages. Throws reactions_full when one more than 2,000 would react; removing and replacing never does.
 */
export function reacted(
  state: Message,
  user: { userId: string; username: string | null },
  emoji: string | null,
  rev: number,
  at: Millis,
): Message {
  const wanted = emoji === null || emoji.trim() === '' ? null : emoji;
  const index = state.reactions.findIndex(({ userId }) => userId === user.userId);
  const before = state.reactions[index];
  if (before ? wanted === null || wanted === before.emoji : wanted === null)
    return before ? { ...state, rev, reactions: state.reactions.toSpliced(index, 1) } : state;
  if (!before && state.reactions.length >= LIMITS.reactors) throw new Fault('reactions_full');
  const reaction = { userId: user.userId, emoji: wanted!, at, username: user.username };
  const reactions = before ? state.reactions.with(index, reaction) : [...state.reactions, reaction];
  return { ...state, rev, reactions };
}

/** A new bubble colour, unless the state already stands for this rev or a later one (L1, L14). */
export function recoloured(state: Message, colour: string, rev: number): Message {
  return state.rev < rev ? { ...state, rev, bubbleColor: colour } : state;
}
