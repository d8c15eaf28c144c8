import type { ClientRequest, IncomingMessage } from 'node:http';
import { monotonic } from '#shared/deadline.ts';
import { ERRORS, Fault } from '#shared/errors.ts';
import { KIB } from '#shared/limits.ts';
import type { MediaProblem, UploadResult } from '#services/media/media.contract.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { publicUrlOf } from '#services/api-gateway/media/public-urls.ts';
import { json } from '#services/api-gateway/reply.ts';

/** As long as the server lets a request last, and the 60 s that the store may take; in ms. */
const UPLOAD_MS = 660_000;

/** What a media service answers is shorter. */
const MAX_ANSWER_BYTES = 64 * KIB;

async function bodyOf(answer: IncomingMessage): Promise<UploadResult | MediaProblem> {
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) {
      text += chunk as string;
      if (text.length > MAX_ANSWER_BYTES) throw new Error('the media service answered too much');
    }
    return JSON.parse(text) as UploadResult | MediaProblem;
  } catch (error) {
    throw new Fault('service_unavailable', undefined, { cause: error });
  }
}

/**
 * Sends a request's body on as it comes, no faster than it is taken, and resolves with the answer. An answer that comes
 * before the end is the answer; what the sender still sends is dropped then, because browsers read no answer before they
 * have sent everything.
 */
function passOn(req: IncomingMessage, outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', (cause) => reject(new Fault('service_unavailable', undefined, { cause })));
    req.once('close', () => {
      if (!req.complete) reject(new Fault('bad_request', 'The connection was closed before the file was complete'));
    });
    req.pipe(outgoing);
  });
}

const isProblem = (body: UploadResult | MediaProblem): body is MediaProblem => body.type in ERRORS;

/** A form with a file, for the media service. */
export const upload: Handler = async ({ exchange, caller, path, deadline, route }, { media, config }) => {
  const { req, res } = exchange;
  const name = path.purpose ?? route.path.split('/').at(-1)!;
  const { 'content-type': type, 'content-length': length } = req.headers;
  const headers = { 'content-type': type, 'content-length': length };
  const startedAt = monotonic();
  const outgoing = await media.upload(caller, { method: 'POST', path: `/uploads/${name}`, headers }, deadline);
  if (exchange.over) {
    // The sender went away meanwhile; nothing tells of that any more.
    outgoing.destroy();
    return null;
  }
  exchange.expireAt(startedAt + UPLOAD_MS);
  // Also when somebody else answered: the deadline, or a server that stops.
  res.once('close', () => outgoing.destroy());
  try {
    const body = await bodyOf(await passOn(req, outgoing));
    if (isProblem(body)) throw new Fault(body.type, body.detail, body.errors && { errors: body.errors });
    const whole = (url: string) => publicUrlOf(config.publicUrl, req, url);
    const { url, thumbnail, preview } = body;
    return json({
      ...body,
      url: whole(url),
      ...(thumbnail !== undefined && { thumbnail: whole(thumbnail) }),
      ...(preview !== undefined && { preview: whole(preview) }),
    });
  } finally {
    // How long it took was the sender's business.
    exchange.waited += monotonic() - startedAt;
    req.unpipe(outgoing);
    req.resume();
    outgoing.destroy();
  }
};
