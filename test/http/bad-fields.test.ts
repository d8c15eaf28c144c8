import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachAtOnce } from '#test/http/support/at-once.ts';
import { BAD_JSON, halfOf, TOO_DEEP } from '#test/http/support/bad-values.ts';
import { useApi } from '#test/http/support/api.ts';
import type { Found } from '#test/http/support/contract.ts';
import { exampleRequest } from '#test/http/support/examples.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { roomStage } from '#test/http/support/stage.ts';
import { Watch } from '#test/http/support/watch.ts';

const api = useApi();

let writes: Found[];
beforeAll(() => {
  writes = api.contract.operations.filter(({ operation }) => operation.requestBody);
});

const schemaOf = ({ operation }: Found) => operation.requestBody!.content['application/json']!.schema;

interface Schema {
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}

/** The fields of a body, those of objects in it included: `user`, `user.userId`. */
function fieldsOf(schema: Schema): string[] {
  const { properties } = schema.anyOf?.find((one) => one.properties) ?? schema;
  return Object.entries(properties ?? {}).flatMap(([name, field]) => [
    name,
    ...fieldsOf(field).map((inner) => `${name}.${inner}`),
  ]);
}

const HERE = '@@here@@';

/** JSON of the example body with `json` in place of a field. */
function bodyWith(example: object, field: string, json: string): string {
  const [first, second] = field.split('.') as [string, string?];
  const inner = (example as Record<string, object | null | undefined>)[first];
  const value = second === undefined ? HERE : { ...inner, [second]: HERE };
  return JSON.stringify({ ...example, [first]: value }).replace(`"${HERE}"`, () => json);
}

/** A refusal must be a whole problem. */
const expectRefusal = (status: number, code: string, answer: Parameters<typeof expectProblem>[0]) =>
  status >= 400 && expectProblem(answer, status, code);

/** Sends one field in half of the bad ways. */
async function tryField(found: Found, field: string, turn: number): Promise<void> {
  const stage = await roomStage(api, found.template.includes('/dm/'));
  const watch = new Watch(api, stage, [found.template.startsWith('/api/groups') ? 'group' : 'room']);
  await watch.sawChange();
  const request = exampleRequest(found, stage.values);
  // The group that is watched is the one that is written to.
  const example = { ...(request.body as object), ...(found.template === '/api/groups' ? { id: stage.room } : {}) };
  for (const [name, json] of halfOf(Object.entries(BAD_JSON), turn)) {
    const body = bodyWith(example, field, json);
    const answer = await api.send({ ...request, body });
    const refused = answer.status >= 400;
    const described = !TOO_DEEP.has(name) && api.contract.takes(schemaOf(found), JSON.parse(body));
    const stored = await watch.sawChange();
    const told = `${found.method} ${found.template}, ${field}: ${name}`;
    expect([told, { refused, stored }]).toEqual([
      told,
      { refused: described ? refused : true, stored: refused ? false : stored },
    ]);
    if (refused) expectRefusal(answer.status, answer.json<{ code: string }>().code, answer);
  }
}

describe('a field of a body', () => {
  it.each(['/api/groups', '/api/messages', '/api/dm'])(
    'of whatever it is made is taken or refused, and what is refused is not stored (%s)',
    async (area) => {
      const cases = writes
        .filter(({ template }) => template.startsWith(area))
        .flatMap((found) => fieldsOf(schemaOf(found)).map((field) => ({ found, field })));
      expect(cases.length).toBeGreaterThan(9);
      await eachAtOnce([...cases.entries()], ([turn, { found, field }]) => tryField(found, field, turn));
    },
    60_000,
  );
});
