import { Type } from '#shared/schema.ts';
import { docsAsset, docsPage, errorsPage, openapi } from '#services/api-gateway/handlers/docs.ts';
import { database, live, ready, root } from '#services/api-gateway/handlers/health.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const base = { method: 'GET', access: 'public', tag: 'System', action: null } as const;
const Status = Type.Object({ status: Type.String() });
const HTML = 'text/html; charset=utf-8';

export const systemRoutes: readonly Route[] = [
  {
    ...base,
    path: '/',
    handle: root,
    summary: 'Whether the API answers',
    result: Status,
    example: { response: { status: 'python-api-ok' } },
  },
  {
    ...base,
    path: '/api/health/live',
    handle: live,
    summary: 'Whether this process runs',
    result: Status,
    example: { response: { status: 'live' } },
  },
  {
    ...base,
    path: '/api/health/ready',
    handle: ready,
    summary: 'Whether requests can be served',
    moreStatuses: { 503: 'They cannot' },
    result: Type.Object({
      status: Type.String({ enum: ['ready', 'not-ready'] }),
      database: Type.Boolean(),
      messages: Type.Boolean(),
      dm: Type.Boolean(),
    }),
    example: { response: { status: 'ready', database: true, messages: true, dm: true } },
  },
  {
    ...base,
    path: '/api/health/db',
    handle: database,
    summary: 'Whether the database answers',
    moreStatuses: { 503: 'It does not' },
    result: Type.Object({ mongo: Type.String({ enum: ['connected', 'disconnected'] }), db: Type.String() }),
    example: { response: { mongo: 'connected', db: 'truematch' } },
  },
  {
    ...base,
    path: '/api/openapi.json',
    handle: openapi,
    summary: 'This description',
    result: Type.Object({ openapi: Type.String() }, { additionalProperties: true }),
    example: { response: { openapi: '3.1.0' } },
  },
  {
    ...base,
    path: '/docs',
    handle: docsPage,
    summary: 'This description as a page that can send requests',
    resultType: HTML,
    example: { response: '<!doctype html>' },
  },
  {
    ...base,
    path: '/docs/errors',
    handle: errorsPage,
    summary: 'What every error code means',
    resultType: HTML,
    example: { response: '<!doctype html>' },
  },
  {
    ...base,
    path: '/docs/assets/:file',
    handle: docsAsset,
    summary: 'A file of the pages',
    resultType: 'text/javascript; charset=utf-8',
    moreTypes: ['text/css; charset=utf-8', 'image/png'],
    errors: ['not_found', 'validation_failed'],
    example: { path: { file: 'start.js' }, response: '' },
  },
];
