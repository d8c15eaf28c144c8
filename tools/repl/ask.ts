import type { ServiceBroker } from 'moleculer';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';

/** Calls an action by name, typed by its contract. Throws what the action throws. */
export const ask = <A extends ActionName>(
  broker: ServiceBroker,
  action: A,
  params: ParamsOf<A>,
): Promise<ResultOf<A>> => broker.call(action, params as object) as Promise<ResultOf<A>>;
