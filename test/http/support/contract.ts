import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from '#test/http/support/http.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  schema: Record<string, unknown>;
  example?: string | number | boolean;
}

interface Media {
  schema: Record<string, unknown>;
  example?: unknown;
}

export interface Operation {
  parameters: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description: string; content?: Record<string, Media> }>;
}

export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
}

export interface Found {
  method: string;
  template: string;
  operation: Operation;
}

/** Only what the description names may be in an object, unless it says otherwise. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  return 'properties' in schema && schema.type === 'object' ? { additionalProperties: false, ...schema } : schema;
}

const asPattern = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', String.raw`\.`).replace(/\{\w+\}/g, '[^/]+')}$`);

/** What the gateway's OpenAPI file says of each answer. */
export class Contract {
  readonly document: OpenApi;
  readonly #operations: (Found & { pattern: RegExp })[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  readonly #answers = new Map<unknown, ValidateFunction>();
  readonly #requests = new Map<unknown, ValidateFunction>();

  constructor(document: OpenApi) {
    this.document = document;
    this.#operations = Object.entries(document.paths)
      .flatMap(([template, methods]) =>
        Object.entries(methods).map(([method, operation]) => ({
          method: method.toUpperCase(),
          template,
          operation,
          pattern: asPattern(template),
        })),
      )
      // Literal segments win over parameters.
      .sort((a, b) => a.operation.parameters.length - b.operation.parameters.length);
    this.#ajv.addSchema({ $id: 'api', components: closed(document.components) });
  }

  get operations(): readonly Found[] {
    return this.#operations;
  }

  /** The operation that serves a request; undefined for what is not served. */
  find(method: string, path: string): Found | undefined {
    const [bare] = path.split('?');
    const wanted = method === 'HEAD' ? 'GET' : method;
    return this.#operations.find((one) => one.method === wanted && one.pattern.test(bare!));
  }

  /** Throws, saying what is wrong, unless the file describes this answer to this request. */
  check(method: string, path: string, answer: Answer): void {
    const complain = (what: string) => {
      const request = `${method} ${path.slice(0, 200)}`;
      throw new Error(`${request} answered ${answer.status}: ${what}\n${answer.text.slice(0, 1_000)}`);
    };
    const { status, headers } = answer;
    if (status >= 500) complain('a fault of ours');
    if (!headers['x-request-id']) complain('X-Request-Id is missing');
    if (headers.vary !== 'Origin, Accept-Encoding') complain(`Vary is ${headers.vary}`);
    if (method === 'OPTIONS') return;
    const found = this.find(method, path);
    if (!found) {
      if (![307, 404, 405, 422].includes(status)) complain('the file does not name this path');
      return;
    }
    const response = found.operation.responses[status];
    if (!response) return complain('the file does not name this status');
    if (method === 'HEAD' || status === 304) {
      if (answer.bytes.length > 0) complain('a body where none may be');
      return;
    }
    const type = headers['content-type'] ?? '';
    const media = response.content?.[type];
    if (!media) return complain(`the file does not name the content type ${type}`);
    if (!type.includes('json')) return;
    const body = answer.json<{ code?: string }>();
    const problems = this.problemsOf(media.schema, body);
    if (problems) complain(problems);
    if (status >= 400 && !response.description.includes(`\`${body.code}\``))
      complain(`the file does not name ${body.code}`);
  }

  /** What makes an answer differ from a schema of the file, fields that it does not name included; null: nothing. */
  problemsOf(schema: Record<string, unknown>, value: unknown): string | null {
    let validate = this.#answers.get(schema);
    if (!validate) {
      const references = JSON.stringify(closed(schema)).replaceAll('"#/components/', '"api#/components/');
      validate = this.#ajv.compile(JSON.parse(references) as object);
      this.#answers.set(schema, validate);
    }
    return validate(value) ? null : this.#ajv.errorsText(validate.errors);
  }

  /** Whether a schema of the file lets a request's value through; fields that it does not name are let through. */
  takes(schema: Record<string, unknown>, value: unknown): boolean {
    let validate = this.#requests.get(schema);
    if (!validate) {
      validate = this.#ajv.compile(schema);
      this.#requests.set(schema, validate);
    }
    return validate(value);
  }
}
