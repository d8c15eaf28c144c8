import type { Handler } from '#services/api-gateway/handlers/handler.ts';
import { read } from '#services/api-gateway/upstream.ts';

export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Who is online, for Prometheus: text, not a JSON string. */
export const presence: Handler = async ({ caller, deadline }) => ({
  body: Buffer.from(await read(caller, 'groups.presence', {}, deadline)),
  type: PROMETHEUS_TYPE,
});
