import type { ActionParams, ActionSchema, Context, Service } from 'moleculer';
import type { ActionContract, Params, Result } from '#shared/contract.ts';
import { Fault } from '#shared/errors.ts';
import { isUnavailable } from '#shared/mongo-faults.ts';
import type { Mongo } from '#shared/mongo.ts';
import { validatorOf } from '#shared/schema.ts';
import { ROOM_SHARD } from '#shared/transport/room-shard.ts';
import type { SignIn } from '#services/profiles/accounts/sign-in.ts';
import type { DatingDesk } from '#services/profiles/dating/desk.ts';
import type { Pushes } from '#services/profiles/push/pushes.ts';
import type { Repositories } from '#services/profiles/repositories.ts';

/** What the service holds while it runs. */
export interface State {
  mongo: Mongo | null;
  repositories: Repositories;
  signIn: SignIn;
  dating: DatingDesk;
  pushes: Pushes;
  /** Ends what sends notifications. */
  closePush: () => Promise<void>;
  /** Ends what tells others of changes. */
  stopRelay: () => Promise<void>;
  stopping: AbortController;
  /** Takes the need of a database back from the process's health page. */
  unneed: () => void;
}
export type This = Service & State;
type Handler<C extends ActionContract> = (this: This, ctx: Context<Params<C>>) => Promise<Result<C>>;

/** An action that changes nothing, or what may be lost. */
export const read = <C extends ActionContract>(contract: C, handler: Handler<C>): ActionSchema<This> => ({
  // Any instance, but none that stayed silent.
  strategy: ROOM_SHARD,
  params: validatorOf(contract.params) as ActionParams,
  handler,
});

/** As `read`; when the database goes away during a write, nobody knows whether it was made (P8). */
export const write = <C extends ActionContract>(contract: C, handler: Handler<C>): ActionSchema<This> =>
  read(contract, async function settled(ctx) {
    try {
      return await handler.call(this, ctx);
    } catch (error) {
      throw isUnavailable(error) ? new Fault('outcome_unknown', undefined, { cause: error }) : error;
    }
  });
