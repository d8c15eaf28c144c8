import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { Fault, invalid } from '#shared/errors.ts';
import { KIB } from '#shared/limits.ts';

/** A sender that is silent for so long, in ms, is given up. */
const IDLE_MS = 10_000;

/** Besides the file a form may have a few small fields, which nobody reads. */
const OTHER_FIELDS = 20;

export interface ReceivedFile {
  bytes: number;
  /** Content type as the sender says. */
  declared: string;
}

interface Wanted {
  /** Field of the form that has the file. */
  field: string;
  maxBytes: number;
  /** Where the file is written. */
  path: string;
  idleMs?: number;
}

const brokenForm = (cause: unknown) =>
  new Fault('validation_failed', 'body: is not complete multipart/form-data', {
    cause,
    errors: [{ field: 'body', reason: 'is not complete multipart/form-data' }],
  });

function parserOf(req: IncomingMessage, maxBytes: number): BusboyInstance {
  const type = req.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type)) throw invalid('content-type', 'must be multipart/form-data');
  try {
    return new Busboy({
      headers: { ...req.headers, 'content-type': type },
      limits: {
        fileSize: maxBytes,
        // One more than is taken, to tell it from what is just enough.
        files: 2,
        fields: OTHER_FIELDS,
        parts: OTHER_FIELDS + 2,
        fieldSize: 64 * KIB,
        headerPairs: 50,
        headerSize: 8 * KIB,
      },
    });
  } catch (error) {
    throw brokenForm(error);
  }
}

/**
 * Writes the one file of a form to the disk as it comes; no more of it is in memory than the streams buffer. Settles when
 * the file is written whole, or at once when it will not be: the rest of the request is not read then.
 * Throws upload_too_large, request_timeout, validation_failed (no file, two files, no form), bad_request (cut off).
 */
export async function receiveFile(req: IncomingMessage, wanted: Wanted): Promise<ReceivedFile> {
  const { field, maxBytes, path, idleMs = IDLE_MS } = wanted;
  const parser = parserOf(req, maxBytes);
  let file: BusboyFileStream | undefined;
  let declared = '';
  let writing: Promise<void> | undefined;
  let idle: NodeJS.Timeout | undefined;
  // Not the file's own `destroy`: where the parser had seen its end, the file on the disk would stay open.
  const over = new AbortController();

  const parsed = new Promise<void>((resolve, reject) => {
    parser.on('file', (name, stream, _filename, _encoding, type) => {
      // Without one a broken form would end the process.
      stream.on('error', (error) => reject(brokenForm(error)));
      if (name !== field) return stream.resume();
      if (file) return reject(invalid(field, 'must be one file'));
      file = stream;
      declared = type;
      stream.once('limit', () => reject(new Fault('upload_too_large')));
      writing = pipeline(stream, createWriteStream(path), { signal: over.signal });
      writing.catch(reject);
    });
    parser.on('filesLimit', () => reject(invalid(field, 'must be one file')));
    parser.on('partsLimit', () => reject(invalid('body', 'has too many fields')));
    parser.on('error', (error) => reject(brokenForm(error)));
    parser.on('finish', resolve);
    idle = setTimeout(() => reject(new Fault('request_timeout', `No byte came for ${idleMs / 1_000} seconds`)), idleMs);
    req.on('data', () => idle?.refresh());
    req.once('close', () => {
      if (!req.complete) reject(new Fault('bad_request', 'The connection was closed before the file was complete'));
    });
    req.pipe(parser);
  });

  try {
    await parsed;
    await writing;
  } catch (error) {
    req.unpipe(parser);
    over.abort();
    // It ends by the abort, or its error is the one that is thrown: the file must only be closed before it is removed.
    await writing?.catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(idle);
    idle = undefined;
  }
  if (!file) throw invalid(field, 'is needed: a file of a multipart/form-data form');
  if (file.bytesRead === 0) throw invalid(field, 'is empty');
  return { bytes: file.bytesRead, declared };
}
