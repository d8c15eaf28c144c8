import { Type, type TSchema } from 'typebox';
import { LIMITS } from '#shared/limits.ts';

/**
 * One definition a shape: a TypeBox schema gives the TypeScript type (`Static`), the OpenAPI text (it is JSON Schema)
 * and, through `validatorOf`, the fastest-validator rules that every Moleculer action checks its params with.
 */
export { Type };
export type { Static, TObject, TSchema } from 'typebox';

type Rule = Record<string, unknown>;
interface RuleError {
  type: string;
  message?: string;
  expected?: unknown;
  actual?: unknown;
}

/** Null as well as the schema. */
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A field of a request body that may be absent or null. */
export const Maybe = <T extends TSchema>(schema: T) => Type.Optional(Nullable(schema));

/** A string of at most `maxLength` UTF-16 units. */
export const Text = (maxLength: number, options: Rule = {}) => Type.String({ maxLength, ...options });

/** An integer that may come as a query string. */
export const QueryInteger = (options: Rule = {}) =>
  Type.Integer({
    'x-query': true,
    minimum: Number.MIN_SAFE_INTEGER,
    maximum: Number.MAX_SAFE_INTEGER,
    ...options,
  });

/** A number, fractions included, that may come as a query string. */
export const QueryNumber = (options: Rule = {}) => Type.Number({ 'x-query': true, ...options });

/** A boolean that may come as a query string: true/1/yes/on/t/y and their opposites, in any case. */
export const QueryBoolean = (options: Rule = {}) => Type.Boolean({ 'x-query': true, ...options });

/** Free JSON that is stored as sent: an object, or with `any` set whatever JSON has. See `jsonProblem` for what is refused. */
export const FreeJson = (options: Rule = {}) => Type.Unsafe<unknown>({ 'x-json': true, ...options });

const TRUE = new Set(['true', '1', 'yes', 'on', 't', 'y']);
const FALSE = new Set(['false', '0', 'no', 'off', 'f', 'n']);

/** What makes a JSON value unfit to be stored as sent, or undefined. Iterative: input may nest millions deep. */
export function jsonProblem(value: unknown): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value: at, depth } = next;
    if (typeof at === 'string' && !at.isWellFormed()) return 'has a lone surrogate';
    if (typeof at === 'number' && Number.isInteger(at) && !Number.isSafeInteger(at))
      return 'has an integer beyond 2^53';
    if (typeof at !== 'object' || at === null) continue;
    if (depth > LIMITS.jsonDepth) return `nests deeper than ${LIMITS.jsonDepth} levels`;
    for (const [key, child] of Object.entries(at)) {
      if (
        !Array.isArray(at) &&
        (key.startsWith('$') || key === '__proto__' || key === '_bsontype' || key.includes('\0'))
      )
        return `has a field name that cannot be stored: ${JSON.stringify(key.slice(0, 40))}`;
      if (!key.isWellFormed()) return 'has a lone surrogate';
      stack.push({ value: child, depth: depth + 1 });
    }
  }
  return undefined;
}

const refuse = (errors: RuleError[], message: string, value: unknown) => {
  errors.push({ type: 'refused', message });
  return value;
};

const checkText = (value: unknown, errors: RuleError[]) =>
  typeof value === 'string' && !value.isWellFormed() ? refuse(errors, 'has a lone surrogate', value) : value;

const checkJson = (value: unknown, errors: RuleError[]) => {
  const problem = jsonProblem(value);
  return problem ? refuse(errors, problem, value) : value;
};

const checkBounds = (number: number, errors: RuleError[], rule: Rule) => {
  if (rule.min !== undefined && number < (rule.min as number))
    return refuse(errors, `must be at least ${rule.min}`, number);
  if (rule.max !== undefined && number > (rule.max as number))
    return refuse(errors, `must be at most ${rule.max}`, number);
  return number;
};

const checkQueryInteger = (value: unknown, errors: RuleError[], rule: Rule) => {
  const number = typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value) ? Number(value) : value;
  if (!Number.isInteger(number)) return refuse(errors, 'must be an integer', value);
  if (!Number.isSafeInteger(number)) return refuse(errors, 'is beyond 2^53', value);
  return checkBounds(number as number, errors, rule);
};

const checkQueryNumber = (value: unknown, errors: RuleError[], rule: Rule) => {
  const number = typeof value === 'string' && /^[+-]?\d{1,20}(?:\.\d{1,20})?$/.test(value) ? Number(value) : value;
  if (!Number.isFinite(number)) return refuse(errors, 'must be a number', value);
  return checkBounds(number as number, errors, rule);
};

const checkQueryBoolean = (value: unknown, errors: RuleError[]) => {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (TRUE.has(word)) return true;
  if (FALSE.has(word)) return false;
  return refuse(errors, 'must be a boolean', value);
};

/** Fields of JSON Schema that this module reads; TypeBox's own types say less about plain schemas. */
interface JsonSchema {
  type?: string;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  'x-query'?: boolean;
  'x-json'?: boolean;
}

function ruleOf(schema: JsonSchema): Rule {
  if (schema['x-json']) return { type: 'any', custom: checkJson };
  if (schema.anyOf) {
    const others = schema.anyOf.filter((one) => one.type !== 'null');
    const nullable = others.length < schema.anyOf.length;
    if (others.length === 1) return { ...ruleOf(others[0]!), nullable };
    if (others.every((one) => one.const !== undefined))
      return { type: 'enum', values: others.map((one) => one.const), nullable };
    throw new Error('validatorOf: only unions of one schema and null, or of constants, are known');
  }
  if (schema.enum) return { type: 'enum', values: schema.enum };
  switch (schema.type) {
    case 'string':
      return {
        type: 'string',
        min: schema.minLength,
        max: schema.maxLength,
        pattern: schema.pattern && new RegExp(schema.pattern, 'u'),
        custom: checkText,
      };
    case 'integer':
      return schema['x-query']
        ? { type: 'custom', check: checkQueryInteger, min: schema.minimum, max: schema.maximum }
        : {
            type: 'number',
            integer: true,
            min: schema.minimum ?? Number.MIN_SAFE_INTEGER,
            max: schema.maximum ?? Number.MAX_SAFE_INTEGER,
          };
    case 'number':
      return schema['x-query']
        ? { type: 'custom', check: checkQueryNumber, min: schema.minimum, max: schema.maximum }
        : { type: 'number', min: schema.minimum, max: schema.maximum };
    case 'boolean':
      return schema['x-query'] ? { type: 'custom', check: checkQueryBoolean } : { type: 'boolean' };
    case 'array':
      return {
        type: 'array',
        items: { nullable: false, ...ruleOf(schema.items ?? { 'x-json': true }) },
        max: schema.maxItems,
      };
    case 'object':
      return schema.properties
        ? { type: 'object', strict: 'remove', props: propsOf(schema) }
        : { type: 'object', custom: checkJson };
    default:
      throw new Error(`validatorOf: no rule for ${JSON.stringify(schema)}`);
  }
}

function propsOf(schema: JsonSchema): Record<string, Rule> {
  const required = new Set(schema.required);
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => {
      const rule: Rule = { nullable: false, optional: !required.has(name), ...ruleOf(property) };
      return [name, Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined))];
    }),
  );
}

/** The fastest-validator rules of an action's params: unknown fields are dropped, null only where the schema has it. */
export function validatorOf(schema: TSchema): Record<string, unknown> {
  return { $$strict: 'remove', ...propsOf(schema as JsonSchema) };
}

/** Options that `validatorOf`'s rules count on; the broker's validator and the tests use the same. */
export const VALIDATOR_OPTIONS = { useNewCustomCheckerFunction: true, considerNullAsAValue: true } as const;
