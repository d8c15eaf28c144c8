import type { IncomingMessage } from 'node:http';
import { ERRORS, Fault } from '#shared/errors.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { withCommon } from '#services/api-gateway/headers.ts';

/** What of the media service's headers is the caller's. */
const PASSED = [
  'Content-Type',
  'Content-Length',
  'Content-Range',
  'Content-Disposition',
  'Content-Security-Policy',
  'Cross-Origin-Resource-Policy',
  'Accept-Ranges',
  'Cache-Control',
  'ETag',
];

/** What of the caller's headers the media service looks at. */
const CONDITIONS = ['range', 'if-range', 'if-none-match'];

/** Longer ones say nothing that a file has; they may be ignored. */
const LONGEST = 1_000;

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && value.length <= LONGEST ? value : undefined;
}

const headersOf = ({ headers }: IncomingMessage): string[] =>
  PASSED.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return typeof value === 'string' ? [name, value] : [];
  });

/** The statuses of a file that is there, or not. */
const FAULTS = { 404: 'not_found', 416: 'range_not_satisfiable' } as const;

/** A file that was uploaded. */
export const mediaFile: Handler = async ({ exchange, caller, path, deadline }, { media }) => {
  const { req, res } = exchange;
  const headers = Object.fromEntries(CONDITIONS.map((name) => [name, headerOf(req, name)]));
  const request = { method: req.method!, path: `/media/${encodeURIComponent(path.name!)}`, headers };
  const answer = await media.read(caller, request, deadline);
  const status = answer.statusCode!;
  if (status < 400) {
    await exchange.stream(status, withCommon(headersOf(answer)), answer);
    return null;
  }
  answer.resume();
  const type = FAULTS[status as keyof typeof FAULTS] ?? 'service_unavailable';
  if (answer.headers['content-range'] !== undefined) res.setHeader('Content-Range', answer.headers['content-range']);
  throw new Fault(type, ERRORS[type].detail);
};
