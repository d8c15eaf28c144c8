import type { Document } from 'mongodb';
import type { AnyEvent } from '#shared/events/parse.ts';
import type { TopicKind } from '#shared/kafka/topics.ts';
import type { StreamChange, StreamOptions } from '#shared/relay/change-stream.ts';
import type { Millis } from '#shared/room-log/types.ts';

/** A part of what is stored, for a relay that cannot go on from a token. */
export interface Page {
  /** Null for a document of which nothing can be said. */
  events: AnyEvent[];
  /** Where the next page begins; null after the last. */
  after: Document | null;
}

/** What a relay follows, and what it makes of it. */
export interface Source {
  /** Names the lease, the place and the metrics. */
  name: string;
  topic: TopicKind;
  stream: Pick<StreamOptions, 'collection' | 'images' | 'pipeline'>;
  /** Collections of which the database is to keep images for the stream. */
  images?: readonly string[];
  /** The events of one change of the stream, in order. */
  eventsOf(change: StreamChange): AnyEvent[] | Promise<AnyEvent[]>;
  /** What is stored and changed at or after `since`, in pages of at most some MiB; `after` is null for the first. */
  page(since: Millis, after: Document | null): Promise<Page>;
}
