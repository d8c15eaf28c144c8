import type { Ready } from '#shared/ready-bytes.ts';
import { bufferOf } from '#services/api-gateway/hot-answer.ts';
import type { Reply } from '#services/api-gateway/reply.ts';

/** The reply to a call that asked for its result `asJson`. */
export function bytes(result: unknown, more: Omit<Reply, 'body'> = {}): Reply {
  return { body: bufferOf((result as Ready).json), ...more };
}
