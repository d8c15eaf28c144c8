import type { OutgoingHttpHeaders } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachAtOnce } from '#test/http/support/at-once.ts';
import { useApi } from '#test/http/support/api.ts';
import type { Found } from '#test/http/support/contract.ts';
import { exampleRequest } from '#test/http/support/examples.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { at } from '#test/http/support/rooms.ts';
import { roomStage, type RoomStage } from '#test/http/support/stage.ts';
import { Watch } from '#test/http/support/watch.ts';

const api = useApi();

/** Each operation that writes, with a room of its own. */
let writes: { found: Found; stage: RoomStage; watch: Watch }[];
beforeAll(async () => {
  writes = [];
  for (const found of api.contract.operations.filter(({ method }) => method !== 'GET')) {
    const stage = await roomStage(api, found.template.includes('/dm/'));
    const watch = new Watch(api, stage);
    await watch.sawChange();
    writes.push({ found, stage, watch });
  }
});

const LISTS = new Set<string | Buffer>(['[]', '[{"text":"x"}]']);
const JSON_TYPE = { 'content-type': 'application/json' };

const takesList = ({ operation }: Found): boolean =>
  operation.requestBody?.content['application/json']?.schema.type === 'array';

describe('a body', () => {
  it.each<[string, string | Buffer, OutgoingHttpHeaders]>([
    ['null', 'null', JSON_TYPE],
    ['a list', '[]', JSON_TYPE],
    ['a list of objects', '[{"text":"x"}]', JSON_TYPE],
    ['a string', '"x"', JSON_TYPE],
    ['a number', '5', JSON_TYPE],
    ['true', 'true', JSON_TYPE],
    ['blanks', '   ', JSON_TYPE],
    ['half of an object', '{"text":', JSON_TYPE],
    ['two objects', '{}{}', JSON_TYPE],
    ['single quotes', "{'text':'x'}", JSON_TYPE],
    ['NaN', '{"text":NaN}', JSON_TYPE],
    ['a NUL', '\0', JSON_TYPE],
    ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), JSON_TYPE],
    ['UTF-16', Buffer.from('{"text":"x"}', 'utf16le'), JSON_TYPE],
    ['a nesting of 100,000', '['.repeat(100_000), JSON_TYPE],
    ['an unread field 100,000 deep', `{"other":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, JSON_TYPE],
    ['a form', 'text=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text', '{"text":"x"}', { 'content-type': 'text/plain' }],
    ['a type that only begins so', '{"text":"x"}', { 'content-type': 'application/jsonx' }],
    ['no type', '{"text":"x"}', { 'content-type': '' }],
    ['compressed', '{"text":"x"}', { ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('that is %s is refused by every write, and nothing is stored', async (_name, body, headers) => {
    await eachAtOnce(writes, async ({ found, stage, watch }) => {
      if (takesList(found) && LISTS.has(body)) return;
      const answer = await api.send({ ...exampleRequest(found, stage.values), body, headers });
      const told = `${found.method} ${found.template}`;
      expect([told, answer.status, await watch.sawChange()]).toEqual([told, 422, false]);
      expectProblem(answer, 422, 'validation_failed');
    });
  });

  it('may be of any JSON type, and have fields that nobody knows, prototypes among them', async () => {
    const { room } = await roomStage(api, false);
    for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.x+json']) {
      const body = '{"text":"x","__proto__":{"kind":"y"},"constructor":1,"$set":{},"unknown":{"a.b":[1]}}';
      const answer = await api.post(at(room), body, { headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.json()).toMatchObject({ text: 'x', kind: null });
    }
  });

  it('may be missing where nothing is needed', async () => {
    const { room } = await roomStage(api, false);
    for (const body of [undefined, '', Buffer.alloc(0)])
      expect((await api.send({ method: 'POST', path: at(room), body })).status).toBe(200);
  });
});
