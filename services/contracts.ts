import type { CallingOptions, Context } from 'moleculer';
import type { ActionContract, Params, Result } from '#shared/contract.ts';
import { withBudget } from '#shared/deadline.ts';
import { gatewayContract } from '#services/api-gateway/api-gateway.contract.ts';
import { dmContract } from '#services/dm/dm.contract.ts';
import { groupsContract } from '#services/groups/groups.contract.ts';
import { mediaContract } from '#services/media/media.contract.ts';
import { messagesContract } from '#services/messages/messages.contract.ts';
import { profilesContract } from '#services/profiles/profiles.contract.ts';
import { readmodelContract } from '#services/readmodel/readmodel.contract.ts';

/** Every action of the cluster that others may call, by service. */
export const CONTRACTS = {
  groups: groupsContract,
  messages: messagesContract,
  media: mediaContract,
  dm: dmContract,
  profiles: profilesContract,
  readmodel: readmodelContract,
  'api-gateway': gatewayContract,
} as const;

type Flat<S extends keyof typeof CONTRACTS> = {
  [N in keyof (typeof CONTRACTS)[S] & string as `${S}.${N}`]: (typeof CONTRACTS)[S][N];
};
type Actions = Flat<'groups'> &
  Flat<'messages'> &
  Flat<'media'> &
  Flat<'dm'> &
  Flat<'profiles'> &
  Flat<'readmodel'> &
  Flat<'api-gateway'>;

export type ActionName = keyof Actions;
export type ParamsOf<A extends ActionName> = Actions[A] extends ActionContract ? Params<Actions[A]> : never;
export type ResultOf<A extends ActionName> = Actions[A] extends ActionContract ? Result<Actions[A]> : never;

/** The contract of an action by its full name, such as `groups.list`. */
export function contractOf(action: ActionName): ActionContract {
  const [service, name] = action.split('.') as [keyof typeof CONTRACTS, string];
  return (CONTRACTS[service] as Record<string, ActionContract>)[name]!;
}

/**
 * Calls an action by name, typed by its contract; what is left of the caller's deadline travels along.
 * Throws what the action throws.
 */
export function call<A extends ActionName>(
  ctx: Context,
  action: A,
  params: ParamsOf<A>,
  options?: CallingOptions,
): Promise<ResultOf<A>> {
  return ctx.call(action, params, withBudget(ctx, options)) as Promise<ResultOf<A>>;
}
