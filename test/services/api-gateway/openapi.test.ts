import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERRORS } from '#shared/errors.ts';
import type { TSchema } from '#shared/schema.ts';
import { bodyOf, errorsOf, resultOf } from '#services/api-gateway/openapi/operation.ts';
import { Components } from '#services/api-gateway/openapi/schemas.ts';
import { pathParams } from '#services/api-gateway/routes/route.ts';
import { ROUTES } from '#services/api-gateway/routes/index.ts';
import { contractOf } from '#services/contracts.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

interface Operation {
  operationId: string;
  summary: string;
  responses: Record<string, { content?: Record<string, { example?: unknown; schema: unknown }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

const stage = new Stage();
let text: string;
let document: Document;

beforeAll(async () => {
  await stage.start();
  text = await (await stage.get('/api/openapi.json')).text();
  document = JSON.parse(text) as Document;
});
afterAll(() => stage.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

/** What moleculer-web serves, as it says itself. */
const served = (): string[] => {
  const { aliases } = stage.gateway as unknown as { aliases: { method: string; fullPath: string }[] };
  return aliases
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, fullPath }) => `${method} ${fullPath.replace(/:(\w+)/g, '{$1}')}`);
};

/** What is wrong with a value by the schema as the file has it. */
function problemsOf(schema: TSchema, value: unknown): string {
  const ajv = new Ajv2020({ strict: false });
  ajv.validate({ ...new Components().use(schema), components: document.components }, value);
  return ajv.errorsText();
}

describe('the OpenAPI file', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(JSON.parse(text) as Record<string, unknown>);
    expect(result).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('names every route that is served, and no other', () => {
    const named = operations().map(({ method, path }) => `${method} ${path}`);
    expect(named.sort()).toEqual(served().sort());
  });

  it('has one operation id each', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no keyword of ours', () => {
    expect(text).not.toMatch(/"(x-|~|\$id)/);
  });

  it('refers only to what it has', () => {
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g))
      expect(Object.keys(document.components.schemas)).toContain(name);
  });
});

describe('every route', () => {
  it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s tells its errors, and its example fits its schemas',
    (_name, route) => {
      const path = route.path.replace(/:(\w+)/g, '{$1}');
      const { responses } = document.paths[path]![route.method.toLowerCase()]!;
      for (const code of errorsOf(route)) {
        const { status } = ERRORS[code];
        expect(JSON.stringify(responses[status])).toContain(code);
        expect(responses[status]!.content).toHaveProperty(['application/problem+json']);
      }

      expect(problemsOf(resultOf(route), route.example.response)).toBe('No errors');
      const body = bodyOf(route);
      expect(body ? problemsOf(body, route.example.body) : 'No errors').toBe('No errors');
      expect(Object.keys(route.example.path ?? {}).sort()).toEqual(pathParams(route.path).sort());
    },
  );

  it.each(ROUTES.filter(({ action }) => action).map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s takes only fields that its action has',
    (_name, route) => {
      const fields = Object.keys(contractOf(route.action!).params.properties);
      for (const name of [...(route.query ?? []), ...(route.body ?? [])]) expect(fields).toContain(name);
    },
  );
});
