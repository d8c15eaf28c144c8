import { ERRORS, Fault, type ErrorCode } from '#shared/errors.ts';
import { Type, type TObject, type TSchema } from '#shared/schema.ts';
import type { RouteAccess } from '#services/api-gateway/access.ts';
import { contractOf } from '#services/contracts.ts';
import type { Components, Json } from '#services/api-gateway/openapi/schemas.ts';
import { type Mode, securityOf } from '#services/api-gateway/openapi/security.ts';
import { PROBLEM_TYPE, problemOf, retryAfterOf } from '#services/api-gateway/problem.ts';
import { JSON_TYPE } from '#services/api-gateway/reply.ts';
import { paramOf, pathParams, type Route } from '#services/api-gateway/routes/route.ts';

/** The shape of every error answer. */
export const ProblemShape = Type.Object(
  {
    type: Type.String({ description: 'Where the code is explained' }),
    title: Type.String({ description: 'What the code means in general' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What is wrong, for people' }),
    code: Type.String({ description: 'Stable code, for programs' }),
    errors: Type.Optional(
      Type.Array(Type.Object({ field: Type.String(), reason: Type.String() }), { description: 'Fields refused' }),
    ),
    error: Type.String({ description: 'The same as detail' }),
    requestId: Type.String({ description: 'The same as X-Request-Id' }),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

const FORM_TYPE = 'multipart/form-data';

const EVERY_CALL: readonly ErrorCode[] = ['internal', 'service_unavailable', 'database_unavailable', 'service_timeout'];
const EVERY_WRITE: readonly ErrorCode[] = [
  'validation_failed',
  'request_timeout',
  'body_too_large',
  'overloaded',
  'not_stored',
  'outcome_unknown',
];

const EVERY_ROUTE: readonly ErrorCode[] = ['token_invalid', 'rate_limited'];
const BY_ACCESS: Readonly<Record<RouteAccess, readonly ErrorCode[]>> = {
  public: [],
  user: ['unauthorized'],
  owner: ['unauthorized', 'forbidden'],
  participant: ['unauthorized', 'room_not_found'],
  service: ['unauthorized', 'forbidden'],
  admin: ['unauthorized', 'forbidden'],
};

/** Every error that a route may answer with. */
export function errorsOf(route: Route): ErrorCode[] {
  const errors = new Set(route.errors);
  for (const code of EVERY_ROUTE) errors.add(code);
  for (const code of BY_ACCESS[route.access]) errors.add(code);
  if (route.actor) for (const code of ['unauthorized', 'forbidden'] as const) errors.add(code);
  if (route.owned === 'message') errors.add('room_not_found');
  if (route.action) for (const code of EVERY_CALL) errors.add(code);
  if (route.method !== 'GET' && route.file === undefined) for (const code of EVERY_WRITE) errors.add(code);
  return [...errors];
}

const paramsSchema = (route: Route): TObject => (route.action ? contractOf(route.action).params : Type.Object({}));

/** The schema of an answer of the route. */
export const resultOf = (route: Route): TSchema =>
  route.result ?? (route.action && !route.resultType ? contractOf(route.action).result : Type.String());

/** The schema of the route's body; null when it has none. */
export function bodyOf(route: Route): TSchema | null {
  if (route.listBody) return (paramsSchema(route).properties as Record<string, TSchema>)[route.listBody]!;
  return route.body ? (Type.Pick(paramsSchema(route), [...route.body] as never) as TObject) : null;
}

/** Whether a request without a body is refused. */
const needsBody = (route: Route): boolean =>
  route.listBody !== undefined || (paramsSchema(route).required ?? []).some((name) => route.body?.includes(name));

function parameter(components: Components, place: string, name: string, schema: TSchema, required: boolean): Json {
  const { description, ...rest } = components.use(schema);
  return { name, in: place, required, ...(description ? { description } : {}), schema: rest };
}

/** The parameter with its value in the route's example, where that has one. */
function shown(field: Json, values: Record<string, unknown> | undefined): Json {
  const value = values?.[field.name as string];
  return value === undefined ? field : { ...field, example: value };
}

function parametersOf(route: Route, components: Components): Json[] {
  const schema = paramsSchema(route);
  const required = new Set(schema.required);
  const properties: Record<string, TSchema> = schema.properties;
  const at = (name: string) => properties[name] ?? Type.String();
  const { path, query, headers } = route.example;
  return [
    ...pathParams(route.path).map((name) =>
      shown(parameter(components, 'path', name, route.pathShapes?.[name] ?? at(paramOf(route, name)), true), path),
    ),
    ...(route.query ?? []).map((name) =>
      shown(parameter(components, 'query', name, at(name), required.has(name)), query),
    ),
    ...(route.headers ?? []).map(({ name, description, pattern }) =>
      shown(
        { name, in: 'header', required: false, description, schema: { type: 'string', ...(pattern && { pattern }) } },
        headers,
      ),
    ),
  ];
}

function problemResponse(codes: ErrorCode[]): Json {
  const sample = problemOf(new Fault(codes[0]!), '3f2a9c0d1e5b-1');
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].detail}.`).join(' '),
    ...(codes.every((code) => retryAfterOf(code) === undefined)
      ? {}
      : { headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } } }),
    content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, example: sample } },
  };
}

function responsesOf(route: Route, components: Components): Json {
  const types = [route.resultType ?? JSON_TYPE, ...(route.moreTypes ?? [])];
  const media = { schema: components.use(resultOf(route)), example: route.example.response };
  const content = Object.fromEntries(types.map((type) => [type, media]));
  const etag = { ETag: { description: 'For If-None-Match', schema: { type: 'string' } } };
  const byStatus = Map.groupBy(errorsOf(route), (code) => ERRORS[code].status);
  return {
    200: {
      description: 'Done',
      ...(route.method === 'GET' ? { headers: etag } : {}),
      content,
    },
    ...(route.method === 'GET' ? { 304: { description: 'Nothing changed since the ETag of If-None-Match' } } : {}),
    ...Object.fromEntries(
      Object.entries(route.moreStatuses ?? {}).map(([status, description]) => [
        status,
        { description, content: Object.fromEntries(types.map((type) => [type, { schema: media.schema }])) },
      ]),
    ),
    ...Object.fromEntries([...byStatus].map(([status, codes]) => [status, problemResponse(codes)])),
  };
}

const segment = (part: string): string =>
  part
    .split(/[^a-z0-9]+/i)
    .filter(Boolean)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');

/** Unique and stable: `getMessagesRoomLatest`. */
const operationId = (route: Route): string =>
  route.method.toLowerCase() +
  (route.path
    .replace(/^\/api\//, '/')
    .split('/')
    .map(segment)
    .join('') || 'Root');

function requestBodyOf(route: Route, components: Components): Json | null {
  if (route.file !== undefined) {
    const file = { type: 'string', contentMediaType: 'application/octet-stream' };
    const schema = { type: 'object', required: [route.file], properties: { [route.file]: file } };
    return { required: true, content: { [FORM_TYPE]: { schema } } };
  }
  const body = bodyOf(route);
  if (!body) return null;
  const content = { [JSON_TYPE]: { schema: components.use(body), example: route.example.body } };
  return { required: needsBody(route), content };
}

/** The route as an operation of the document. */
export function operationOf(route: Route, components: Components, mode: Mode): Json {
  const requestBody = requestBodyOf(route, components);
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description ? { description: route.description } : {}),
    ...securityOf(route.access, route.method === 'GET', mode),
    parameters: parametersOf(route, components),
    ...(requestBody ? { requestBody } : {}),
    responses: responsesOf(route, components),
  };
}
