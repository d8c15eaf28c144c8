import { beforeAll, describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import type { Found } from '#test/http/support/contract.ts';
import { PASSWORD, twoPeople, uniqueName, type Person } from '#test/http/support/people.ts';
import { exampleRequest, fileFieldOf } from '#test/http/support/examples.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';
import type { Message } from '#test/http/support/http.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { roomStage, type RoomStage } from '#test/http/support/stage.ts';
import { formOf, pathOf, PIXEL, tooManyPixels, upload, type Uploaded } from '#test/http/support/uploads.ts';

const api = useApi();

let operations: readonly Found[];
beforeAll(() => {
  operations = api.contract.operations;
});

const nameOf = ({ method, template }: Found): string => `${method} ${template}`;
const stageFor = async ({ template }: Found): Promise<RoomStage> => {
  const stage = await roomStage(api, template.includes('/dm/'));
  const [ann] = await twoPeople(api);
  if (template === '/media/{name}') return { ...stage, values: { name: await nameOfFile() } };
  return ABOUT_PEOPLE.test(template) ? { ...stage, values: { ...stage.values, ...namesOf(ann!) } } : stage;
};

async function nameOfFile(): Promise<string> {
  const { url } = (await upload(api, 'chat-media', { bytes: PIXEL })).json<Uploaded>();
  return pathOf(url).replace('/media/', '');
}

/** Where the names in a path are those of somebody who signed up. */
const ABOUT_PEOPLE = /^\/api\/(?:profiles|users)\//;
const namesOf = ({ userId, username }: Person) => ({ userId, username });

/** The operation's example, on a stage of its own, by who may send it. */
const good = async (found: Found, { values }: RoomStage): Promise<Message> => {
  const request = exampleRequest(found, values);
  const [ann] = await twoPeople(api);
  switch (found.template) {
    case '/api/auth/signup':
      return { ...request, body: { ...(request.body as object), username: uniqueName() } };
    case '/api/auth/login':
      return { ...request, body: { username: ann!.username, password: PASSWORD } };
    case '/api/profiles/me':
      return { ...request, headers: ann!.headers };
    default:
      return request;
  }
};

type Provoke = (found: Found, stage: RoomStage) => Message | Promise<Message>;

const withPath = (found: Found, { values }: RoomStage, changed: Record<string, string>): Message =>
  exampleRequest(found, { ...values, ...changed });

const withBody = (body: unknown, headers?: Message['headers']): Provoke => {
  return async (found, stage) => {
    const request = await good(found, stage);
    return { ...request, body, headers: { ...request.headers, ...headers } };
  };
};

/** The example's body with other fields in it. */
const withFields =
  (fields: () => object | Promise<object>): Provoke =>
  async (found, stage) => {
    const request = await good(found, stage);
    return { ...request, body: { ...(request.body as object), ...(await fields()) } };
  };

/** Repeats the example under one key, the second time with another body. */
const reuseKey: Provoke = async (found, stage) => {
  const headers = { 'idempotency-key': 'key' };
  await api.send({ ...(await good(found, stage)), headers });
  return { ...(await good(found, stage)), body: { userId: 'u_1', text: 'another' }, headers };
};

/** What no path, query or body may have: whichever the operation has. */
const invalid: Provoke = async (found, stage) => {
  if (fileFieldOf(found.operation))
    return { ...(await good(found, stage)), ...formOf({ field: 'other', bytes: PIXEL }) };
  const { parameters } = found.operation;
  const place = parameters.find((one) => one.in === 'path') ?? parameters.find((one) => one.in === 'query');
  if (place?.in === 'query' && place.required) {
    const request = await good(found, stage);
    return { ...request, path: request.path.split('?', 1)[0]! };
  }
  if (!place) {
    const body = found.operation.requestBody ? { name: 5, username: 5, from: 5, title: 5 } : [];
    return { ...(await good(found, stage)), body };
  }
  return withPath(found, stage, { [place.name]: ['file', 'name'].includes(place.name) ? '\0' : 'x'.repeat(201) });
};

/** The example's form with another file in it. */
const withFile =
  (bytes: Buffer): Provoke =>
  async (found, stage) => ({
    ...(await good(found, stage)),
    ...formOf({ field: fileFieldOf(found.operation)!, bytes }),
  });

/** How each refusal is had. */
const PROVOCATIONS: Readonly<Record<string, Provoke>> = {
  validation_failed: invalid,
  body_too_large: withBody(JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024) })),
  media_too_large: withBody({ media: 'x'.repeat(16 * 1024) }),
  new_text_required: withBody({}),
  user_id_required: withBody({}),
  username_required: (found, stage) => {
    if (found.template.includes('{username}')) return withPath(found, stage, { username: ' ' });
    const body = found.template.includes('/groups/') ? {} : { username: '   ', password: PASSWORD };
    return withBody(body)(found, stage);
  },
  idempotency_key_invalid: withBody({ username: 'a' }, { 'idempotency-key': 'x'.repeat(201) }),
  idempotency_author_required: withBody({ text: 'x' }, { 'idempotency-key': 'x' }),
  idempotency_key_reused: reuseKey,
  cursor_invalid: (found, stage) => withPath(found, stage, { since: 'x', before: 'x' }),
  not_found: (found, stage) => withPath(found, stage, { file: 'nothing', name: 'nothing' }),
  range_not_satisfiable: async (found, stage) => ({ ...(await good(found, stage)), headers: { range: 'bytes=9999-' } }),
  // More than any of them takes.
  upload_too_large: withFile(Buffer.alloc(50 * 1024 * 1024 + 1)),
  image_too_large: withFile(tooManyPixels()),
  media_type_unsupported: withFile(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
  file_broken: withFile(PIXEL.subarray(0, 50)),
  group_not_found: (found, stage) => withPath(found, stage, { groupId: 'nobody-made-it' }),
  message_not_found: (found, stage) => withPath(found, stage, { messageId: 'nobody', timestamp: 'never' }),
  message_deleted: async (found, stage) => {
    const { path } = await good(found, stage);
    await api.delete(path);
    return good(found, stage);
  },
  filter_owner_required: (found, stage) => withPath(found, stage, { userId: ' ' }),
  migration_invalid: withBody({ from: ' ', to: 'x' }),
  credentials_required: withFields(() => ({ password: ' ' })),
  credentials_invalid: withFields(() => ({ password: `${PASSWORD}2` })),
  password_weak: withFields(() => ({ password: 'aaaaaaaa' })),
  username_taken: withFields(async () => ({ username: (await twoPeople(api))[1]!.username })),
  user_not_found: withFields(() => ({ username: uniqueName() })),
  profile_not_found: (found, stage) => withPath(found, stage, { userId: 'nobody', username: 'nobody' }),
  dating_profile_not_found: (found, stage) => withPath(found, stage, { username: 'nobody' }),
  dating_field_invalid: withFields(() => ({ age: 'old' })),
  prefix_required: (found, stage) => withPath(found, stage, { prefix: ' ' }),
  photo_url_required: (found, stage) => withPath(found, stage, { url: ' ' }),
  like_invalid: withBody({}),
  token_required: async (found, stage) => ({ ...(await good(found, stage)), headers: {} }),
  token_invalid: async (found, stage) => ({ ...(await good(found, stage)), headers: { authorization: 'Bearer x' } }),
};

/** Had with 2,000 reactions, 1,000 filters, 50 names or 1,000,000 tries to sign in; by those who may not; and by a body that does not end. */
const ELSEWHERE = new Set([
  'reactions_full',
  'filters_full',
  'names_full',
  'push_not_configured',
  'rate_limited',
  'unauthorized',
  'forbidden',
  'room_not_found',
  'request_timeout',
]);

/** The codes below 500 that the file names for an operation, with their statuses. */
const refusalsOf = ({ operation }: Found): [number, string][] =>
  Object.entries(operation.responses)
    .filter(([status]) => Number(status) >= 400 && Number(status) < 500)
    .flatMap(([status, { description }]) =>
      [...description.matchAll(/`(\w+)`: /g)].map(([, code]): [number, string] => [Number(status), code!]),
    );

describe('every route that the API description names', () => {
  it('answers its example, and GET with a matching ETag with 304', async () => {
    expect(operations.length).toBeGreaterThan(40);
    for (const found of operations) {
      const request = await good(found, await stageFor(found));
      const answer = await api.send(request);
      expect([nameOf(found), answer.status]).toEqual([nameOf(found), 200]);
      if (found.method !== 'GET') continue;
      await undisturbed(async () => {
        const { etag } = (await api.send(request)).headers;
        const again = await api.send({ ...request, headers: { ...request.headers, 'if-none-match': etag } });
        expect([nameOf(found), again.status]).toEqual([nameOf(found), 304]);
      });
    }
  });

  it('refuses for every reason that it names', async () => {
    const cases = operations.flatMap((found) =>
      refusalsOf(found)
        .filter(([, code]) => !ELSEWHERE.has(code))
        .map(([status, code]) => ({ found, status, code })),
    );
    expect(cases.length).toBeGreaterThan(80);
    for (const { found, status, code } of cases) {
      const provoke = PROVOCATIONS[code];
      expect([nameOf(found), code, provoke]).toEqual([nameOf(found), code, expect.any(Function)]);
      const answer = await api.send(await provoke!(found, await stageFor(found)));
      const told = `${nameOf(found)} ${code}`;
      expect([told, answer.status, answer.text]).toEqual([told, status, expect.stringContaining(`"code":"${code}"`)]);
      expectProblem(answer, status, code);
    }
  });
});
