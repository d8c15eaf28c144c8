import { isDm } from '#shared/room-id.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Step, When } from '#test/chaos/protocol.ts';

/** Called before and after every step of a write; it may wait, and it may throw in the step's stead. */
export type Hook = (step: Step, when: When) => Promise<void>;

/** The collections of a room log with a hook around each step of a write. Reads and all else go straight through. */
export function withHooks(real: Collections, hook: Hook): Collections {
  const around = <T extends object>(target: T, method: string, stepOf: (argument: unknown) => Step): T =>
    new Proxy(target, {
      get(object, name) {
        const value: unknown = Reflect.get(object, name, object);
        if (typeof value !== 'function') return value;
        if (name !== method) return value.bind(object) as unknown;
        return async (...args: unknown[]): Promise<unknown> => {
          const step = stepOf(args[0]);
          await hook(step, 'before');
          const result: unknown = await Reflect.apply(value, object, args);
          await hook(step, 'after');
          return result;
        };
      },
    });
  const group = around(real.group, 'bulkWrite', () => 'messages');
  const dm = around(real.dm, 'bulkWrite', () => 'messages');
  return {
    ...real,
    group,
    dm,
    messages: (room) => (isDm(room) ? dm : group),
    log: around(real.log, 'insertMany', () => 'append'),
    heads: around(real.heads, 'bulkWrite', (ops) => (upserts(ops) ? 'new-head' : 'heads')),
  };
}

/** New heads are stored by upserts; heads that move are there. */
const upserts = (ops: unknown) => (ops as { updateOne: { upsert?: boolean } }[]).some((op) => op.updateOne.upsert);
