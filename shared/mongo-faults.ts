import { isNativeError } from 'node:util/types';
import type { Middleware } from 'moleculer';
import {
  MongoBulkWriteError,
  MongoClientClosedError,
  MongoError,
  MongoExpiredSessionError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerClosedError,
  MongoServerError,
  MongoSystemError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
} from 'mongodb';
import { Fault } from '#shared/errors.ts';

/** Server error codes that say something about the server's state and nothing about what was asked. */
const UNAVAILABLE_CODES = new Set<unknown>([
  6, // HostUnreachable
  7, // HostNotFound
  43, // CursorNotFound: the server was started again between two batches
  50, // MaxTimeMSExpired
  64, // WriteConcernTimeout
  79, // UnknownReplWriteConcern
  89, // NetworkTimeout
  91, // ShutdownInProgress
  100, // UnsatisfiableWriteConcern
  133, // FailedToSatisfyReadPreference
  134, // ReadConcernMajorityNotAvailableYet
  189, // PrimarySteppedDown
  202, // NetworkInterfaceExceededTimeLimit
  262, // ExceededTimeLimit
  9001, // SocketException
  10058, // LegacyNotPrimary
  10107, // NotWritablePrimary
  11600, // InterruptedAtShutdown
  11602, // InterruptedDueToReplStateChange
  13435, // NotPrimaryNoSecondaryOk
  13436, // NotPrimaryOrSecondary
  14031, // OutOfDiskSpace
]);

const UNAVAILABLE_CLASSES = [
  MongoNetworkError,
  MongoSystemError, // includes server selection
  MongoOperationTimeoutError,
  MongoWriteConcernError,
  MongoNotConnectedError,
  MongoTopologyClosedError,
  MongoClientClosedError,
  MongoServerClosedError,
  MongoExpiredSessionError,
];

/** Classes that the driver does not export. */
const UNAVAILABLE_NAMES = new Set(['MongoWaitQueueTimeoutError', 'MongoPoolClosedError', 'MongoPoolClearedError']);

/** How Node says that a connection is lost. */
const LOST_CODES = new Set<unknown>([
  'ECONNABORTED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ETIMEDOUT',
]);

/**
 * True for a connection that was lost while the driver waited for it to take what it sends: the one case in which the
 * driver (7.9, `Connection.writeCommand`) throws Node's error as it is. What was sent may have arrived.
 */
export const isLostConnection = (error: unknown): boolean =>
  isNativeError(error) && LOST_CODES.has((error as NodeJS.ErrnoException).code);

function bulkUnavailable(error: MongoBulkWriteError): boolean {
  const failed = [error.writeErrors].flat();
  if (failed.length > 0) return failed.some((one) => UNAVAILABLE_CODES.has(one.code));
  return error.result?.getWriteConcernError() !== undefined;
}

/**
 * True for errors that come of the database's state: connection, selection, not-primary, time-out and write concern.
 * The outcome of a write that ends so is unknown (L5); no other error leaves it open. Errors that name a document
 * (duplicate key, too large) are none of these (L6).
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof MongoError)) return isLostConnection(error);
  if (UNAVAILABLE_CLASSES.some((one) => error instanceof one) || UNAVAILABLE_NAMES.has(error.name)) return true;
  if (UNAVAILABLE_CODES.has(error.code)) return true;
  // A bulk write wraps what stopped it, connection errors included.
  if (error instanceof MongoBulkWriteError && bulkUnavailable(error)) return true;
  return error instanceof MongoServerError && isUnavailable(error.errorResponse);
}

/** True when a write was refused because a unique index has its key already. */
export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11_000;

/** A driver error that comes of the database's state as `database_unavailable` with its cause; anything else as it is. */
export function databaseFault(error: unknown): unknown {
  return isUnavailable(error) ? new Fault('database_unavailable', undefined, { cause: error }) : error;
}

/** Applies `databaseFault` to every local action: a database that is away is a 503, never a 500. */
export const databaseFaults: Middleware = {
  name: 'DatabaseFaults',
  localAction: (next) =>
    async function withDatabaseFaults(ctx) {
      try {
        return await next.call(this, ctx);
      } catch (error) {
        throw databaseFault(error);
      }
    },
};
