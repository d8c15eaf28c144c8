import type { RouteAccess } from '#services/api-gateway/access.ts';
import type { Json } from '#services/api-gateway/openapi/schemas.ts';

/** The two ways in which a service key travels. */
export const SECURITY_SCHEMES = {
  serviceKey: { type: 'http', scheme: 'bearer', description: 'A service key as the bearer token.' },
  serviceKeyAsPassword: {
    type: 'http',
    scheme: 'basic',
    description: 'A service key as the password, under any user name: `http://socket:KEY@gateway:8081/api`.',
  },
} as const;

const KEY = [{ serviceKey: [] }, { serviceKeyAsPassword: [] }] satisfies Partial<
  Record<keyof typeof SECURITY_SCHEMES, never[]>
>[];

/** An operation's `security`: none where everybody may, and none as one choice where it depends on the room. */
export function securityOf(access: RouteAccess): Json {
  if (access === 'public') return {};
  return { security: access === 'room' ? [{}, ...KEY] : KEY };
}
