import type { Config } from '#shared/config.ts';
import type { RouteAccess } from '#services/api-gateway/access.ts';
import type { Json } from '#services/api-gateway/openapi/schemas.ts';

/** How requests say who makes them. */
export const SECURITY_SCHEMES = {
  userToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The token of a user, from `/api/auth/login`: its user acts for himself.',
  },
  serviceKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'A service key: a service acts for the user that the request names.',
  },
  serviceKeyAsPassword: {
    type: 'http',
    scheme: 'basic',
    description: 'A service key as the password, under any user name: `http://socket:KEY@gateway:8081/api`.',
  },
  adminToken: { type: 'http', scheme: 'bearer', description: 'The token of the administrator.' },
} as const;

/** What the description depends on. */
export type Mode = Pick<Config, 'authMode' | 'adminToken'>;

type Choice = Partial<Record<keyof typeof SECURITY_SCHEMES, never[]>>;

const SERVICE: Choice[] = [{ serviceKey: [] }, { serviceKeyAsPassword: [] }];
const ANYONE_KNOWN: Choice[] = [{ userToken: [] }, ...SERVICE, { adminToken: [] }];

const CHOICES: Readonly<Record<RouteAccess, Choice[] | null>> = {
  public: null,
  user: ANYONE_KNOWN,
  owner: ANYONE_KNOWN,
  participant: ANYONE_KNOWN,
  service: [...SERVICE, { adminToken: [] }],
  admin: [{ adminToken: [] }],
};

/**
 * An operation's `security`. None is one choice where groups are read, which everybody may, and in open mode, where
 * whoever sends nothing is believed.
 */
export function securityOf(access: RouteAccess, reading: boolean, { authMode, adminToken }: Mode): Json {
  const choices = CHOICES[access];
  if (!choices) return {};
  const believed = authMode === 'open' && (access !== 'admin' || adminToken === '');
  const optional = believed || (access === 'participant' && reading);
  return { security: optional ? [{}, ...choices] : choices };
}
