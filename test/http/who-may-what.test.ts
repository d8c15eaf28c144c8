import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import {
  ADMIN,
  ask,
  bearer,
  type Cast,
  SECRETS,
  SERVICE,
  startCast,
  stopCast,
  tokenOf,
} from '#test/http/support/cast.ts';
import { Contract, type Found, type OpenApi } from '#test/http/support/contract.ts';
import { exampleRequest } from '#test/http/support/examples.ts';
import { hangUp, type Answer, type Message } from '#test/http/support/http.ts';
import { documentedRows } from '#test/http/support/unchanged-clients.ts';
import { unique } from '#test/http/support/rooms.ts';

type Mode = 'open' | 'strict';

const CALLERS = [
  'nobody',
  'an expired token',
  'a foreign signature',
  'alg none',
  'another user',
  'the other participant',
  'the owner',
  'a service',
  'the administrator',
] as const;
type Caller = (typeof CALLERS)[number];

const casts: Partial<Record<Mode, Cast>> = {};
beforeAll(async () => {
  [casts.open, casts.strict] = await Promise.all([startCast('open'), startCast('strict')]);
}, 60_000);
afterAll(async () => {
  hangUp();
  await Promise.all(Object.values(casts).map((cast) => stopCast(cast)));
}, 30_000);

async function credentialsOf({ ann, ben, cat }: Cast): Promise<Record<Caller, string | undefined>> {
  const valid = ann.authorization;
  return {
    nobody: undefined,
    'an expired token': await tokenOf(ann, -1),
    'a foreign signature': await tokenOf(ann, 60, 'x'.repeat(32)),
    'alg none': bearer(`${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${valid.split('.')[1]}.`),
    'another user': cat.authorization,
    'the other participant': ben.authorization,
    'the owner': valid,
    'a service': SERVICE,
    'the administrator': ADMIN,
  };
}

/** What is refused with: status and code. */
type Refusal = [401 | 403 | 404, string] | null;

const UNKNOWN: Refusal = [401, 'unauthorized'];
const FORBIDDEN: Refusal = [403, 'forbidden'];

/** How a route answers a caller whose credentials are good; the request names the owner wherever it names who acts. */
function refusalOf({ access, actor, owned, method }: Route, caller: Caller, mode: Mode, dm: boolean): Refusal {
  switch (caller) {
    case 'nobody': {
      if (access === 'admin') return UNKNOWN;
      const reads = access === 'participant' && method === 'GET' && !dm;
      return mode === 'open' || access === 'public' || reads ? null : UNKNOWN;
    }
    case 'another user':
      if (access === 'service' || access === 'admin') return FORBIDDEN;
      if (dm) return [404, 'room_not_found'];
      return actor || owned ? FORBIDDEN : null;
    case 'the other participant':
      return access === 'service' || access === 'admin' || actor || owned ? FORBIDDEN : null;
    case 'the owner':
      return access === 'service' || access === 'admin' ? FORBIDDEN : null;
    case 'a service':
      return access === 'admin' ? FORBIDDEN : null;
    case 'the administrator':
      return null;
    default:
      return [401, 'token_invalid'];
  }
}

/** A room of the owner's with one message of hers, under the names that paths and queries use. */
async function roomOf(cast: Cast, dm: boolean): Promise<Record<string, string>> {
  const { ann, ben } = cast;
  const post = (path: string, body: object) => ask(cast, ann.authorization, { method: 'POST', path, body });
  const group = unique('room');
  await post('/api/groups', { id: group, name: group });
  const room = dm ? `dm:${ann.username}|${ben.username}` : group;
  const answer = await post(`/api/messages/${encodeURIComponent(room)}`, { text: 'hello' });
  const { messageId, timestamp } = answer.json<{ messageId: string; timestamp: string }>();
  return { room, dmId: room, groupId: group, messageId, timestamp };
}

/** The example of an operation, in which the owner acts. */
function requestOf(found: Found, route: Route, values: Record<string, string>, { ann }: Cast): Message {
  const names: Record<string, string> = {};
  const body: Record<string, unknown> = { ...(exampleRequest(found).body as object | undefined) };
  for (const [name, by] of Object.entries(route.actor ?? {})) {
    const value = by === 'userId' ? ann.userId : ann.username;
    const [root, field] = name.split('.') as [string, string?];
    if (!route.body?.includes(root)) names[name] = value;
    else body[root] = field ? { ...(body[root] as object), [field]: value } : value;
  }
  if (route.path === '/api/groups' && route.method === 'POST') body.id = values.groupId;
  const request = exampleRequest(found, { userId: ann.userId, username: ann.username, ...values, ...names });
  if (Array.isArray(request.body) || !route.body) return request;
  return { ...request, body };
}

const codeOf = (answer: Answer): string =>
  answer.status >= 400 && answer.text !== '' ? answer.json<{ code: string }>().code : '';

/** What an answer says about who may: nothing of the rest. */
function verdictOf(answer: Answer): Refusal {
  const code = codeOf(answer);
  const ofAccess = ['unauthorized', 'forbidden', 'token_invalid', 'room_not_found'].includes(code);
  return ofAccess ? [answer.status as 401, code] : null;
}

const needsRoom = (path: string): boolean => /:(?:room|dmId|groupId)|\/api\/groups$/.test(path);

/** Takes every user's token and no key, in both modes: it answers whose token it is. */
const OWN_PROFILE = '/api/profiles/me';
const NO_USERS: ReadonlySet<Caller> = new Set(['nobody', 'a service', 'the administrator']);

/** What is wrong with an answer; undefined when nothing is. */
function problemOf(answer: Answer, route: Route, caller: Caller, expected: Refusal): string | undefined {
  const { status, headers } = answer;
  const verdict = verdictOf(answer);
  const needsUser = route.path === OWN_PROFILE && NO_USERS.has(caller);
  if (status >= 500) return `answered ${status}`;
  if (needsUser ? status !== 401 : verdict?.join() !== expected?.join())
    return `answered ${status} ${codeOf(answer)} and not ${expected?.join(' ') ?? 'as to whom it lets in'}`;
  if (status === 401 && !headers['www-authenticate']?.startsWith('Bearer realm="truematch"')) return 'has no challenge';
  if (verdict && headers.etag !== undefined) return 'tells a tag to whom it tells nothing else';
  return undefined;
}

async function problemsOf(mode: Mode, found: Found, route: Route, dm: boolean): Promise<string[]> {
  const cast = casts[mode]!;
  const values = needsRoom(route.path) ? await roomOf(cast, dm) : {};
  const credentials = await credentialsOf(cast);
  const { path, body, method, headers } = requestOf(found, route, values, cast);
  const refusals = CALLERS.map((caller) => ({ caller, expected: refusalOf(route, caller, mode, dm) }));
  // Who is refused comes first: those who may change what the others ask for.
  const [refused, letIn] = [refusals.filter((one) => one.expected), refusals.filter((one) => !one.expected)];
  const problem = async ({ caller, expected }: (typeof refusals)[number]): Promise<string[]> => {
    const sent = { path, body, method, headers: headers as Record<string, string> };
    const wrong = problemOf(await ask(cast, credentials[caller], sent), route, caller, expected);
    return wrong ? [`${method} ${route.path}${dm ? ' (DM)' : ''} by ${caller} ${wrong}`] : [];
  };
  const problems = (await Promise.all(refused.map(problem))).flat();
  for (const one of letIn) problems.push(...(await problem(one)));
  return problems;
}

const descriptions = new WeakMap<Cast, Promise<readonly Found[]>>();

function operationsOf(cast: Cast): Promise<readonly Found[]> {
  const operations =
    descriptions.get(cast) ??
    ask(cast, undefined, { method: 'GET', path: '/api/openapi.json' }).then(
      (answer) => new Contract(answer.json<OpenApi>()).operations,
    );
  descriptions.set(cast, operations);
  return operations;
}

/** The path of a route, as routes are written, of a template of the description. */
const pathOf = (template: string): string => template.replaceAll(/\{(\w+)\}/g, ':$1');

describe.each<Mode>(['open', 'strict'])('in %s mode', (mode) => {
  it('every operation of the description lets in whom its rule lets in, and nobody else', async () => {
    const cast = casts[mode]!;
    const operations = await operationsOf(cast);
    expect(operations.length).toBe(ROUTES.length);
    const problems: string[] = [];
    for (const found of operations) {
      const path = pathOf(found.template);
      const route = ROUTES.find((one) => one.method === found.method && one.path === path);
      expect([found.method, found.template, route?.access]).toEqual([found.method, found.template, expect.any(String)]);
      if (path.includes(':room')) problems.push(...(await problemsOf(mode, found, route!, false)));
      problems.push(...(await problemsOf(mode, found, route!, /:(?:room|dmId)/.test(path))));
    }
    expect(problems).toEqual([]);
  }, 60_000);

  it('logs no password, no token and no key', async () => {
    const cast = casts[mode]!;
    const credentials = { username: cast.ann.username, password: SECRETS.password };
    const logIn = (body: object) => ask(cast, undefined, { method: 'POST', path: '/api/auth/login', body });
    const { token } = (await logIn(credentials)).json<{ token: string }>();
    await logIn({ ...credentials, password: `${SECRETS.password}x` });
    await ask(cast, bearer(token), { method: 'GET', path: '/api/profiles/me' });
    await ask(cast, bearer(`${token}x`), { method: 'GET', path: '/api/profiles/me' });
    const { stdout, stderr } = cast.program.output();
    const log = stdout + stderr;
    expect(log.length).toBeGreaterThan(500);
    for (const secret of [...Object.values(SECRETS), token, token.split('.')[2]!, SERVICE.slice(6)])
      expect(log).not.toContain(secret);
  });
});

/** The route of a call such as `GET /groups/{id}`. */
function routeOf(call: string): Route {
  const [method, path] = call.split(' ') as [string, string];
  const wanted = `/api${path}`.split('/');
  const fits = ({ path: template }: Route) => {
    const parts = template.split('/');
    return (
      parts.length === wanted.length &&
      parts.every((part, n) => part === wanted[n] || (part.startsWith(':') && wanted[n]!.startsWith('{')))
    );
  };
  const found = ROUTES.find((route) => route.method === method && fits(route));
  if (!found) throw new Error(`the documentation names ${call}, which is no route`);
  return found;
}

/** A room of each kind in each mode is enough: what these calls change does not matter to the others. */
const rooms = new Map<string, Promise<Record<string, string>>>();

async function works(mode: Mode, call: string, authorization: string | undefined): Promise<boolean> {
  const cast = casts[mode]!;
  const route = routeOf(call);
  const found = (await operationsOf(cast)).find(
    ({ method, template }) => method === route.method && pathOf(template) === route.path,
  )!;
  const dm = call.includes('{dm}');
  const kind = `${mode} ${dm}`;
  rooms.set(kind, rooms.get(kind) ?? roomOf(cast, dm));
  const { method, path, body } = requestOf(found, route, (await rooms.get(kind))!, cast);
  const answer = await ask(cast, authorization, { method, path, body });
  return answer.status < 500 && verdictOf(answer) === null;
}

describe('the documented table of what works with unchanged clients', () => {
  it('is right', async () => {
    const rows = documentedRows();
    expect(rows.length).toBeGreaterThan(10);
    const wrong: string[] = [];
    for (const { calls, client, open, strict, withToken } of rows)
      for (const call of calls)
        for (const [mode, says, token] of [
          ['open', open, false],
          ['strict', strict, false],
          ['strict', withToken, true],
        ] as const) {
          const own = token || call.endsWith('/profiles/me') ? casts[mode]!.ann.authorization : undefined;
          const authorization = client === 'app' ? own : SERVICE;
          if ((await works(mode, call, authorization)) !== says)
            wrong.push(`${call} by ${client} in ${mode} mode${token ? ' with a token' : ''}`);
        }
    expect(wrong).toEqual([]);
  }, 60_000);
});

describe('the rules', () => {
  it('say of whatever has an owner how the owner is known', () => {
    const owners = ROUTES.filter(({ access }) => access === 'owner');
    expect(owners.filter(({ actor, owned }) => !actor && !owned)).toEqual([]);
  });

  it('let everybody write nothing but what signing in needs', () => {
    const open = ROUTES.filter(({ method, access }) => method !== 'GET' && access === 'public');
    expect(open.map(({ path }) => path).sort()).toEqual(['/api/auth/login', '/api/auth/signup']);
  });
});
