import { beforeAll, describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import type { Found } from '#test/http/support/contract.ts';
import { exampleRequest } from '#test/http/support/examples.ts';
import { undisturbed } from '#test/http/support/undisturbed.ts';
import type { Message } from '#test/http/support/http.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { roomStage, type RoomStage } from '#test/http/support/stage.ts';

const api = useApi();

let operations: readonly Found[];
beforeAll(() => {
  operations = api.contract.operations;
});

const nameOf = ({ method, template }: Found): string => `${method} ${template}`;
const stageFor = ({ template }: Found): Promise<RoomStage> => roomStage(api, template.includes('/dm/'));

/** The operation's example, on a stage of its own. */
const good = (found: Found, { values }: RoomStage): Message => exampleRequest(found, values);

type Provoke = (found: Found, stage: RoomStage) => Message | Promise<Message>;

const withPath = (found: Found, { values }: RoomStage, changed: Record<string, string>): Message =>
  exampleRequest(found, { ...values, ...changed });

const withBody = (body: unknown, headers?: Message['headers']): Provoke => {
  return (found, stage) => ({ ...good(found, stage), body, headers });
};

/** Repeats the example under one key, the second time with another body. */
const reuseKey: Provoke = async (found, stage) => {
  const headers = { 'idempotency-key': 'key' };
  await api.send({ ...good(found, stage), headers });
  return { ...good(found, stage), body: { userId: 'u_1', text: 'another' }, headers };
};

/** What no path, query or body may have: whichever the operation has. */
const invalid: Provoke = (found, stage) => {
  const { parameters } = found.operation;
  const place = parameters.find((one) => one.in === 'path') ?? parameters.find((one) => one.in === 'query');
  if (!place) return { ...good(found, stage), body: { name: 5 } };
  return withPath(found, stage, { [place.name]: place.name === 'file' ? '\0' : 'x'.repeat(201) });
};

/** How each refusal is had. */
const PROVOCATIONS: Readonly<Record<string, Provoke>> = {
  validation_failed: invalid,
  body_too_large: withBody(JSON.stringify({ text: 'x'.repeat(2 * 1024 * 1024) })),
  media_too_large: withBody({ media: 'x'.repeat(16 * 1024) }),
  new_text_required: withBody({}),
  user_id_required: withBody({}),
  username_required: (found, stage) =>
    found.method === 'GET' ? withPath(found, stage, { username: ' ' }) : withBody({})(found, stage),
  idempotency_key_invalid: withBody({ username: 'a' }, { 'idempotency-key': 'x'.repeat(201) }),
  idempotency_author_required: withBody({ text: 'x' }, { 'idempotency-key': 'x' }),
  idempotency_key_reused: reuseKey,
  cursor_invalid: (found, stage) => withPath(found, stage, { since: 'x', before: 'x' }),
  not_found: (found, stage) => withPath(found, stage, { file: 'nothing' }),
  group_not_found: (found, stage) => withPath(found, stage, { groupId: 'nobody-made-it' }),
  message_not_found: (found, stage) => withPath(found, stage, { messageId: 'nobody', timestamp: 'never' }),
  message_deleted: async (found, stage) => {
    const { path } = good(found, stage);
    await api.delete(path);
    return good(found, stage);
  },
};

/** Had with 2,000 reactions, in the tests of the limits; and in strict mode alone. */
const ELSEWHERE = new Set(['reactions_full', 'unauthorized']);

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
      const request = good(found, await stageFor(found));
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
