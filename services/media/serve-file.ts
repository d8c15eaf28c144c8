import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Fault } from '#shared/errors.ts';
import { rangeOf } from '#services/media/byte-range.ts';
import { type DiskFolder, parseName, type StoredName } from '#services/media/store/disk-folder.ts';

/** A name is a hash of its content, so what is behind it never changes. */
const FOREVER = 'public, max-age=31536000, immutable';

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

/** Whether `If-None-Match` or `If-Range` names the tag. */
const names = (header: string | undefined, etag: string): boolean =>
  header !== undefined && (header.trim() === '*' || header.includes(etag));

function headersOf({ name, type }: StoredName, etag: string): Record<string, string> {
  return {
    'Content-Type': type.type,
    'Content-Disposition': `${type.shown ? 'inline' : 'attachment'}; filename="${name}"`,
    ETag: etag,
    'Cache-Control': FOREVER,
    'Accept-Ranges': 'bytes',
    // A page of another origin may show it; opened by itself it may run and load nothing.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  };
}

/** Answers GET and HEAD of a stored file: 200, 206, 304. Throws not_found, range_not_satisfiable. */
export async function serveFile(
  folder: DiskFolder,
  requested: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const stored = parseName(requested);
  if (!stored) throw new Fault('not_found');
  const file = await open(folder.pathOf(stored), 'r').catch((error: unknown) => {
    throw isMissing(error) ? new Fault('not_found', undefined, { cause: error }) : error;
  });
  try {
    const { size } = await file.stat();
    const etag = `"${stored.hash}"`;
    const headers = headersOf(stored, etag);
    if (names(req.headers['if-none-match'], etag)) {
      res.writeHead(304, headers).end();
      return;
    }
    const ifRange = req.headers['if-range'];
    const asked = ifRange === undefined || names(String(ifRange), etag) ? req.headers.range : undefined;
    const range = rangeOf(asked, size);
    if (range === 'none') {
      res.setHeader('Content-Range', `bytes */${size}`);
      throw new Fault('range_not_satisfiable');
    }
    const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
    const partial = range === 'whole' ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` };
    const status = range === 'whole' ? 200 : 206;
    res.writeHead(status, { ...headers, ...partial, 'Content-Length': String(end - start + 1) });
    if (req.method === 'HEAD' || size === 0) {
      res.end();
      return;
    }
    await pipeline(file.createReadStream({ start, end, autoClose: false }), res);
  } finally {
    await file.close();
  }
}
