import type { Found, Operation, Parameter } from '#test/http/support/contract.ts';
import type { Message } from '#test/http/support/http.ts';
import { formOf, PIXEL } from '#test/http/support/uploads.ts';

type Values = Readonly<Record<string, string>>;

const parametersIn = ({ parameters }: Operation, place: Parameter['in']): Parameter[] =>
  parameters.filter((one) => one.in === place);

/** The path of an operation with values in place of its parameters: those given, else those of its examples. */
export function examplePath(template: string, operation: Operation, values: Values = {}): string {
  const examples = new Map(parametersIn(operation, 'path').map(({ name, example }) => [name, example]));
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? String(examples.get(name) ?? 'x')),
  );
}

export const exampleBody = ({ requestBody }: Operation): Record<string, unknown> | undefined =>
  requestBody?.content['application/json']?.example as Record<string, unknown> | undefined;

/** The field of the operation's form that has the file; undefined where it takes none. */
export const fileFieldOf = ({ requestBody }: Operation): string | undefined => {
  const form = requestBody?.content['multipart/form-data']?.schema as { required?: string[] } | undefined;
  return form?.required?.[0];
};

/** The request that an operation's examples describe, with the given values for path and query. */
export function exampleRequest({ method, template, operation }: Found, values: Values = {}): Message {
  const query = new URLSearchParams(
    parametersIn(operation, 'query').flatMap(({ name, example }) => {
      const value = values[name] ?? example;
      return value === undefined ? [] : [[name, String(value)] as [string, string]];
    }),
  );
  const headers = Object.fromEntries(
    parametersIn(operation, 'header').flatMap(({ name, example }) =>
      example === undefined ? [] : [[name, String(example)]],
    ),
  );
  const path = examplePath(template, operation, values);
  const request = { method, path: query.size > 0 ? `${path}?${query}` : path, headers };
  const field = fileFieldOf(operation);
  if (field === undefined) return { ...request, body: exampleBody(operation) };
  const form = formOf({ field, bytes: PIXEL });
  return { ...request, body: form.body, headers: { ...headers, ...form.headers } };
}
