import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachAtOnce } from '#test/http/support/at-once.ts';
import { BAD_TEXT, halfOf } from '#test/http/support/bad-values.ts';
import { useApi } from '#test/http/support/api.ts';
import type { Found, Parameter } from '#test/http/support/contract.ts';
import { exampleRequest } from '#test/http/support/examples.ts';
import { say } from '#test/http/support/rooms.ts';
import { roomStage, type RoomStage } from '#test/http/support/stage.ts';
import { Watch } from '#test/http/support/watch.ts';

const api = useApi();

let operations: readonly Found[];
beforeAll(() => {
  operations = api.contract.operations;
});

const nameOf = ({ method, template }: Found): string => `${method} ${template}`;
const stageFor = ({ template }: Found): Promise<RoomStage> => roomStage(api, template.includes('/dm/'));

const parametersIn = (place: Parameter['in']) =>
  operations.flatMap((found) =>
    found.operation.parameters.filter((one) => one.in === place).map((parameter) => ({ found, parameter })),
  );

/** Every way to spell a query with this parameter. */
const spellings = ({ name }: Parameter): string[] => [
  ...BAD_TEXT.map((text) => `${name}=${text}`),
  name,
  `${name}[]=1`,
  `${name}[$ne]=1`,
  `${name}=1&${name}=x`,
  `${name}=x&${name}=1`,
  `=${name}&&&`,
  `${name}=${'1&'.repeat(500)}`,
];

describe('a path parameter', () => {
  it('of whatever it is made leads to an answer or a refusal, and touches no other room', async () => {
    await eachAtOnce([...parametersIn('path').entries()], async ([turn, { found, parameter }]) => {
      const stage = await stageFor(found);
      const watch = new Watch(api, stage);
      await watch.sawChange();
      const request = exampleRequest(found, { ...stage.values, [parameter.name]: '@@here@@' });
      for (const text of halfOf(BAD_TEXT, turn)) {
        const answer = await api.send({ ...request, path: request.path.replace('%40%40here%40%40', text) });
        expect(answer.headers).not.toHaveProperty('x-injected');
      }
      expect([nameOf(found), await watch.sawChange()]).toEqual([nameOf(found), false]);
    });
  }, 60_000);
});

describe('a query parameter', () => {
  it('of whatever it is made leads to an answer or a refusal; a number that is none is refused', async () => {
    await eachAtOnce([...parametersIn('query').entries()], async ([turn, { found, parameter }]) => {
      const stage = await stageFor(found);
      const watch = new Watch(api, stage);
      await watch.sawChange();
      const request = exampleRequest(found, stage.values);
      const [path] = request.path.split('?');
      for (const query of halfOf(spellings(parameter), turn)) {
        const { status } = await api.send({ ...request, path: `${path}?${query}` });
        const sent = new URLSearchParams(query).getAll(parameter.name).at(-1);
        const wrong = parameter.schema.type === 'integer' && sent !== undefined && !/^[+-]?\d{1,15}$/.test(sent);
        const told = `${nameOf(found)} ?${query.slice(0, 50)}`;
        expect([told, wrong && status < 400]).toEqual([told, false]);
      }
      expect([nameOf(found), await watch.sawChange()]).toEqual([nameOf(found), false]);
    });
  }, 60_000);
});

describe('a header', () => {
  const VALUES = [
    '',
    ' ',
    ',',
    ',,,',
    'x'.repeat(30_000),
    '\xff\xfe',
    '"',
    '{"$ne":null}',
    '__proto__',
    '../..',
    'dm:a',
  ];
  const READ_EVERYWHERE = ['If-None-Match', 'Accept', 'Origin', 'X-Request-Id', 'Authorization', 'Range', 'Cookie'];

  it('that an operation names leads to an answer or a refusal, whatever it is', async () => {
    const cases = parametersIn('header');
    expect(cases.length).toBeGreaterThanOrEqual(3);
    await eachAtOnce(cases, async ({ found, parameter }) => {
      const stage = await stageFor(found);
      for (const value of VALUES)
        await api.send({ ...exampleRequest(found, stage.values), headers: { [parameter.name]: value } });
    });
  });

  it('that every operation may get leads to an answer, whatever it is', async () => {
    const stage = await roomStage(api, false);
    await say(api, stage.room);
    const { room, messageId } = stage;
    const reads = [`/api/messages/${room}/latest`, `/api/messages/${room}/by-id/${messageId}`, '/docs', '/api/groups'];
    await eachAtOnce(reads, async (path) => {
      for (const name of READ_EVERYWHERE)
        for (const value of VALUES) {
          const { status } = await api.get(path, { headers: { [name]: value } });
          expect([path, name, value.slice(0, 20), status]).toEqual([path, name, value.slice(0, 20), 200]);
        }
    });
  });
});
