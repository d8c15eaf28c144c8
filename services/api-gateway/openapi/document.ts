import { LIMITS, MIB } from '#shared/limits.ts';
import { type Mode, SECURITY_SCHEMES } from '#services/api-gateway/openapi/security.ts';
import { operationOf, ProblemShape } from '#services/api-gateway/openapi/operation.ts';
import { Components, type Json } from '#services/api-gateway/openapi/schemas.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const DESCRIPTION = `
A room is a group or a DM. A group is named by its id (slug) or databaseId, a DM by \`dm:alice|bob\` in any case and
order; the paths under \`/messages\` and under \`/dm\` lead to the same rooms.

**Errors** are \`application/problem+json\` with one readable \`detail\` and a stable \`code\`: see
[the list](/docs/errors). A 5xx to a write means that nothing was stored and never will be, except with
\`outcome_unknown\`.

**Limits.** JSON body ${LIMITS.jsonBodyBytes / MIB} MiB; text ${LIMITS.text} characters; ids and names ${LIMITS.id};
emoji, kind and colour ${LIMITS.short}; avatars in group bodies ${LIMITS.avatar} characters, an avatar in a message
over ${LIMITS.messageAvatar} becomes null; ${LIMITS.reactors} reactions a message; the newest ${LIMITS.edits} edits are kept.

**Access.** In open mode (\`AUTH_MODE\`, the default) whoever sends no credentials is believed. In strict mode writes and
private reads (DMs under either path, thread lists, likes, filters, previews) need the token of a user, who may act only
for himself (else 403), or the key of a service, as a bearer token or as the password of HTTP Basic; without one they
are 401. A token that is sent must be valid in both modes, and binds its user in both.

**Rates.** Callers have a budget of requests a minute, told in \`RateLimit-Limit\`, \`RateLimit-Remaining\` and
\`RateLimit-Reset\` (draft-ietf-httpapi-ratelimit-headers-06); beyond it the answer is 429 with \`Retry-After\`.

**Caching.** Every 200 to GET has a weak ETag, and \`If-None-Match\` is answered with 304. HEAD answers where GET does.

**Order.** In a room messages carry \`seq\` 1, 2, 3 … without a gap, and \`createdAt\` increases strictly with it. Above
1,000 messages a second in one room \`createdAt\` runs ahead of the clock.
`.trim();

/** In strict mode there is no administration without its token. */
const isServed = ({ access }: Route, { authMode, adminToken }: Mode): boolean =>
  access !== 'admin' || authMode === 'open' || adminToken !== '';

/** The OpenAPI 3.1 document of the routes that there are in this mode. */
export function openapiOf(all: readonly Route[], mode: Mode): Json {
  const routes = all.filter((route) => isServed(route, mode));
  const components = new Components();
  components.use(ProblemShape);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, components, mode) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Truematch API',
      version: '1.0.0',
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: components.schemas, securitySchemes: SECURITY_SCHEMES },
  };
}
