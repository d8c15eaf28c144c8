import type { Context, Service, ServiceSchema } from 'moleculer';
import type { ActionContract, Params, Result } from '#shared/contract.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import { validatorOf } from '#shared/schema.ts';
import { ROOM_SHARD } from '#shared/transport/room-shard.ts';

/** A service that reads and writes rooms: it holds its `Rooms` from `started` to `stopped`. */
export interface RoomService extends Service {
  rooms: Rooms;
  /** Aborted when the service stops: ends long polls. */
  stopping: AbortController;
}

/** What an action gets beside its params. */
export interface Call {
  rooms: Rooms;
  ctx: Context;
  /** Aborted when the service stops. */
  signal: AbortSignal;
}

type ActionSchema = Exclude<NonNullable<ServiceSchema['actions']>[string], boolean | ((...args: never[]) => unknown)>;

/** A Moleculer action made of its contract: the params are checked by it, `run` is typed by it. */
export function action<C extends ActionContract>(
  contract: C,
  run: (params: Params<C>, call: Call) => Promise<Result<C>>,
): ActionSchema {
  return {
    // One room, one instance (L9); and wherever a call goes, not to a node that stayed silent.
    strategy: ROOM_SHARD,
    params: validatorOf(contract.params) as NonNullable<ActionSchema['params']>,
    handler(ctx: Context<Params<C>>) {
      const { rooms, stopping } = this as RoomService;
      return run(ctx.params, { rooms, ctx: ctx as Context, signal: stopping.signal });
    },
  };
}
