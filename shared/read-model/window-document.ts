import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { Binary } from 'mongodb';
import { MIB } from '#shared/limits.ts';
import type { Message, Millis, Quoted, Window } from '#shared/room-log/types.ts';

/** A latest window as `read_messages_latest` keeps it, one document a room. */
export interface WindowDocument {
  /** The canonical room, under the name by which existing databases have a unique index. */
  groupId: string;
  /** Version of this shape; a document of another one is void. */
  format: number;
  /** Where the window stands: as in `Window`. */
  epoch: string;
  rev: number;
  floorSeq: number;
  startSeq: number;
  /** Messages in it, and their estimated bytes with the quotes'; for who looks into the collection. */
  count: number;
  bytes: number;
  /** zstd of the JSON of items and quotes. */
  content: Binary;
  updatedAt: Millis;
}

/** To be raised whenever the shape of messages, quotes or of the document changes. */
export const FORMAT = 1;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/**
 * The fastest of zstd's ordinary levels. Windows are written whole, and each write goes through the oplog: chat in JSON
 * shrinks to a tenth, for a millisecond or two, most of it off the main thread.
 */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** A window has 4 MiB; JSON may need six bytes for one of a control character. Beyond it a document is damaged. */
const MAX_JSON_BYTES = { maxOutputLength: 32 * MIB };

interface Content {
  items: Message[];
  quotes: [string, Quoted | null][];
}

/** The document of a window. `now`: epoch ms. */
export async function documentOf(window: Window, now: Millis): Promise<WindowDocument> {
  const { room, epoch, rev, floorSeq, startSeq, items, quotes, bytes } = window;
  const content = JSON.stringify({ items, quotes: [...quotes] });
  return {
    groupId: room,
    format: FORMAT,
    epoch,
    rev,
    floorSeq,
    startSeq,
    count: items.length,
    bytes,
    content: new Binary(await compress(content, LEVEL)),
    updatedAt: now,
  };
}

/** The window of a document; null for one of another shape, such as older programs wrote. Throws for a damaged one. */
export async function windowOfDocument(document: Partial<WindowDocument>): Promise<Window | null> {
  if (document.format !== FORMAT) return null;
  const { groupId, epoch, rev, floorSeq, startSeq, count, bytes, content } = document as WindowDocument;
  const { items, quotes } = JSON.parse((await decompress(content.buffer, MAX_JSON_BYTES)).toString()) as Content;
  if (items.length !== count) throw new Error(`the window of ${groupId} has ${items.length} of ${count} messages`);
  return { room: groupId, epoch, rev, floorSeq, startSeq, items, quotes: new Map(quotes), bytes };
}
