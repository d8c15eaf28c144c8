import type { Document } from 'mongodb';
import type { SlugOf } from '#tools/adopt/message-place.ts';
import type { AvatarOf } from '#tools/adopt/read-message.ts';
import type { Note, Old } from '#tools/adopt/values.ts';

/** What documents are read with. */
export interface Knowledge {
  slugOf: SlugOf;
  avatarOf: AvatarOf;
}

/** Where a document goes, or why it goes nowhere. */
export type Reading = { parts: string[]; at: number; notes: readonly Note[] } | { why: string };

/** A collection of which one document a key stays: all but the messages. */
export interface Kind {
  read(document: Old, knowledge: Knowledge): Reading;
  /**
   * The document that stays of those of a key, which come in order of time: the first one's `_id` when `first`, else
   * the last one's. Of what it made it makes the same again.
   */
  write(documents: readonly Old[], parts: readonly string[], knowledge: Knowledge): Document;
  stays: 'first' | 'last';
  /** What the others are, for the report; '' where there are none. */
  others: string;
  /** What is to be remembered of the others. */
  aliases?(others: readonly Old[], parts: readonly string[]): { _id: string; room: string }[];
}
