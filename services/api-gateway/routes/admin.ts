import { Type } from '#shared/schema.ts';
import { ensureIndexes } from '#services/api-gateway/handlers/admin.ts';
import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const base = { method: 'POST', access: 'admin', tag: 'Administration' } as const;

const TOKEN =
  'With ADMIN_TOKEN set it needs that token: as `Authorization: Bearer`, or as `token` in the query, which proxies may log.';

export const adminRoutes: readonly Route[] = [
  {
    ...base,
    path: '/api/admin/ensure-indexes',
    action: null,
    handle: ensureIndexes,
    summary: 'Create the indexes that are missing',
    description: `Every service does so when it starts. ${TOKEN}`,
    result: Type.Object({ ok: Type.Boolean() }),
    example: { response: { ok: true } },
  },
  {
    ...base,
    path: '/api/admin/readmodels/backfill',
    action: 'readmodel.backfill',
    query: ['limit_groups', 'window'],
    handle: callAction,
    summary: 'Make the stored latest windows of groups anew',
    description: `Of the first groups by id, as many as there is time for; \`npm run rebuild\` does all. ${TOKEN}`,
    errors: ['validation_failed'],
    example: { query: { limit_groups: 50 }, response: { groupsProcessed: 3 } },
  },
  {
    ...base,
    path: '/api/admin/cache/purge',
    action: 'api-gateway.purge',
    query: ['prefix'],
    handle: callAction,
    summary: 'Forget answers that gateways keep',
    description: `Never needed for fresh answers: a kept one is sent only while the room's head says that it is current. ${TOKEN}`,
    errors: ['validation_failed', 'prefix_required'],
    example: { query: { prefix: 'messages:latest:' }, response: { removedLocal: 2, broadcast: true } },
  },
];
