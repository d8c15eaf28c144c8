import type { Operation, Parameter } from '#test/http/support/contract.ts';

/** The path of an operation with values in place of its parameters: those given, else those of its examples. */
export function examplePath(
  template: string,
  { parameters }: Operation,
  values: Readonly<Record<string, string>> = {},
): string {
  const at = (name: string): Parameter | undefined => parameters.find((one) => one.in === 'path' && one.name === name);
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? String(at(name)?.example ?? 'x')),
  );
}
