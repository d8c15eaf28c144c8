import type { TSchema } from '#shared/schema.ts';
import type { ErrorCode } from '#shared/errors.ts';
import type { Actor, RouteAccess } from '#services/api-gateway/access.ts';
import type { ActionName } from '#services/contracts.ts';
import type { Handler } from '#services/api-gateway/handlers/handler.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface HeaderField {
  name: string;
  description: string;
  /** What a value must be like; anything when absent. */
  pattern?: string;
}

/** A call as the documentation shows it; `path`, `query` and `body` are by field. */
export interface Example {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean>;
  headers?: Record<string, string>;
  body?: Record<string, unknown> | readonly unknown[];
  response: unknown;
}

/**
 * A route of the API. From it come the served path, the request's parameters, the 405 table and the OpenAPI text; the
 * parameters' schemas are those of the action.
 */
export interface Route {
  method: Method;
  /** The whole path; `:name` stands for one segment, which is the action's parameter of that name. */
  path: string;
  /** Who may use it in strict mode. */
  access: RouteAccess;
  /** The parameters that name who acts: a user's token must be his whom they name. */
  actor?: Actor;
  /** What the owner of an `owner` route is looked up by, where no parameter names him. */
  owned?: 'message' | 'group';
  /** Hands the userId of a user's token on to the action, as `by`; so does what has a group for its owner to be looked up. */
  byUser?: true;
  /** For the documentation; one an area. */
  tag: string;
  /** The action whose contract describes the request; null for what the gateway answers by itself. */
  action: ActionName | null;
  /** Which action parameter a path parameter is, where the names differ. */
  rename?: Readonly<Record<string, string>>;
  /** Path parameters that are narrower than the action's parameter, for the documentation. */
  pathShapes?: Readonly<Record<string, TSchema>>;
  /** Action parameters taken from the query. */
  query?: readonly string[];
  /** Action parameters taken from the body, which is an object. */
  body?: readonly string[];
  /** The action parameter that the whole body is, a list. */
  listBody?: string;
  /** Set where the body is a form with a file, which the handler reads: the field that has the file. */
  file?: string;
  headers?: readonly HeaderField[];
  handle: Handler;
  summary: string;
  description?: string;
  /** Errors of its own; those that every route may answer are added. */
  errors?: readonly ErrorCode[];
  /** What is answered, when it is not the action's result as JSON. */
  result?: TSchema;
  /** Content type of the answer; JSON when absent. */
  resultType?: string;
  /** Content types that it may have besides. */
  moreTypes?: readonly string[];
  /** Statuses besides 200 that the same fields are answered with, and what each means. */
  moreStatuses?: Readonly<Record<number, string>>;
  example: Example;
}

/** The names of a path's parameters, in their order. */
export const pathParams = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name]) => name!);

/** The action's parameter that a path parameter stands for. */
export const paramOf = (route: Route, name: string): string => route.rename?.[name] ?? name;
