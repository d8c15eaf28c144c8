import type { Static, TObject, TSchema } from '#shared/schema.ts';

/**
 * A service's contract: for each action the schemas of its params and result. It is all that one service may import of
 * another; `call` takes its types from it, so that a wrong action name or parameter does not compile.
 */
export interface ActionContract {
  params: TObject;
  result: TSchema;
}
export type Contract = Record<string, ActionContract>;

export type Params<C extends ActionContract> = Static<C['params']>;
export type Result<C extends ActionContract> = Static<C['result']>;
