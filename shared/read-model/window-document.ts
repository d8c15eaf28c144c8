import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { Binary } from 'mongodb';
import { KIB, MIB } from '#shared/limits.ts';
import type { ItemSummary, Millis, Quoted, Window } from '#shared/room-log/types.ts';
import { itemWith } from '#shared/room-log/window-item.ts';

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
  /** zstd of lines of JSON: the first is a `Summary`, and then comes each message. */
  content: Binary;
  updatedAt: Millis;
}

/** To be raised whenever the shape of messages, quotes or of the document changes. */
export const FORMAT = 2;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/**
 * The fastest of zstd's ordinary levels. Windows are written whole, and each write goes through the oplog: chat in JSON
 * shrinks to a tenth, for a millisecond or two, most of it off the main thread.
 */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/**
 * A window has 4 MiB; JSON may need six bytes for one of a quote's control characters. Beyond it a document is damaged.
 * A hundred messages come in one chunk: each one is a trip to another thread, and Node's own of 16 KiB double the time.
 */
const DECOMPRESS = { maxOutputLength: 32 * MIB, chunkSize: 64 * KIB };
const LINE_END = 10;

/** What a window looks at, so that nobody parses the messages. */
interface Summary {
  items: ItemSummary[];
  quotes: [string, Quoted | null][];
}

/** The document of a window. `now`: epoch ms. */
export async function documentOf(window: Window, now: Millis): Promise<WindowDocument> {
  const { room, epoch, rev, floorSeq, startSeq, items, quotes, bytes } = window;
  const summary: Summary = {
    items: items.map(({ json: _json, bytes: _bytes, ...item }) => item),
    quotes: [...quotes],
  };
  const content = [JSON.stringify(summary), ...items.map(({ json }) => json)].join('\n');
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
  const text = await decompress(content.buffer, DECOMPRESS).catch((error: unknown) => {
    throw new Error(`the window of ${groupId} is damaged`, { cause: error });
  });
  const [first, ...lines] = linesOf(text);
  const summary = JSON.parse(first!.toString()) as Summary;
  if (summary.items.length !== count || lines.length !== count)
    throw new Error(`the window of ${groupId} has ${lines.length} of ${count} messages`);
  const items = summary.items.map((item, index) => itemWith(item, lines[index]!.toString()));
  return { room: groupId, epoch, rev, floorSeq, startSeq, items, quotes: new Map(summary.quotes), bytes };
}

/** Cut before they are decoded: a slice of one long string would keep all of it in memory. */
function linesOf(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = text.indexOf(LINE_END); end >= 0; end = text.indexOf(LINE_END, start)) {
    lines.push(text.subarray(start, end));
    start = end + 1;
  }
  lines.push(text.subarray(start));
  return lines;
}
