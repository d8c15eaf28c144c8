import { isNativeError } from 'node:util/types';
import { MongoBulkWriteError, MongoError, MongoServerError, type WriteError } from 'mongodb';
import { isLostConnection } from '#shared/mongo-faults.ts';

/** How a write to the database can fail, told apart once for the append and the projections. */

export const DUPLICATE_KEY = 11_000;

/** Errors of a bulk write that name single documents; undefined when the outcome of the whole is unknown (L5, L6). */
export function documentErrors(error: unknown): WriteError[] | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  if (error.result.getWriteConcernError()) return undefined;
  const errors = [error.writeErrors].flat();
  return errors.length > 0 && errors.every((one) => namesDocument(one.code)) ? errors : undefined;
}

/**
 * Server codes that say something about one document, not about the connection or the replica set: duplicate key,
 * validation, too large, bad values (https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml).
 */
const DOCUMENT_CODES = new Set<unknown>([DUPLICATE_KEY, 2, 9, 14, 17_280, 22, 52, 54, 57, 121, 10_334]);
const namesDocument = (code: unknown) => DOCUMENT_CODES.has(code);

/** True for an error that the driver raised over one document before anything was sent (too large, not serialisable). */
export function refusedByDriver(error: unknown): boolean {
  return (
    isNativeError(error) &&
    (error.name.startsWith('BSON') || error.name === 'RangeError' || error.name === 'MongoInvalidArgumentError')
  );
}

/** True for a failed operation of which nobody knows whether it was carried out, or which can simply be tried again. */
export function isUnsettled(error: unknown): boolean {
  if (isLostConnection(error)) return true;
  return (
    error instanceof MongoError &&
    !refusedByDriver(error) &&
    !(error instanceof MongoServerError && namesDocument(error.code) && !(error instanceof MongoBulkWriteError))
  );
}

/** True when the duplicate is the document's own `_id`: the very same document is already there. */
export const isOwnId = (error: WriteError): boolean =>
  error.code === DUPLICATE_KEY && /index: _id_[ ]/.test(error.errmsg ?? '');
