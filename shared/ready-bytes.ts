import type { CallingOptions, Middleware } from 'moleculer';

/**
 * A result as JSON bytes, made where it was read. Bytes cross NATS many times faster than objects, the gateway sends
 * them as they are, and names such as `__proto__` survive, which CBOR's decoder renames.
 */
export interface Ready {
  json: Buffer;
  /** The result's other fields, when one of them was asked for as bytes. */
  rest?: Record<string, unknown>;
}

/** Calling options that ask for the whole result, or one field of it, as bytes. Headers do not travel on to nested calls. */
export const asJson = (field?: string): CallingOptions => ({ headers: { as: 'json', ...(field && { field }) } });

const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Turns the result of an action into bytes for callers that ask by `asJson`. */
export const readyBytes: Middleware = {
  name: 'ReadyBytes',
  localAction: (next) =>
    async function withReadyBytes(ctx) {
      const result: unknown = await next.call(this, ctx);
      const { as, field } = (ctx.headers ?? {}) as { as?: string; field?: string };
      if (as !== 'json') return result;
      if (field === undefined) return { json: bytesOf(result) } satisfies Ready;
      const { [field]: wanted, ...rest } = result as Record<string, unknown>;
      return { json: bytesOf(wanted), rest } satisfies Ready;
    },
};
