import type { TSchema } from '#shared/schema.ts';

export type Json = Record<string, unknown>;

/** What only our own code reads, and TypeBox's marks. */
const isInternal = (key: string): boolean => key.startsWith('x-') || key.startsWith('~') || key === '$id';

/**
 * Turns TypeBox schemas into those of the document: each that has an `$id` becomes one component and a reference to it.
 */
export class Components {
  readonly schemas: Record<string, unknown> = {};

  /** The schema as the document has it: a reference where it has a name. */
  use(schema: TSchema): Json {
    return this.#convert(schema) as Json;
  }

  #convert(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#convert(one));
    if (typeof value !== 'object' || value === null) return value;
    const schema = value as Json;
    const id = schema.$id;
    if (typeof id !== 'string') return this.#fields(schema);
    if (!(id in this.schemas)) {
      this.schemas[id] = {};
      this.schemas[id] = this.#fields(schema);
    }
    return { $ref: `#/components/schemas/${id}` };
  }

  #fields(schema: Json): Json {
    return Object.fromEntries(
      Object.entries(schema)
        .filter(([key]) => !isInternal(key))
        .map(([key, value]) => [key, key === 'properties' ? this.#properties(value as Json) : this.#convert(value)]),
    );
  }

  /** Field names are the shape's own, whatever they begin with. */
  #properties(properties: Json): Json {
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, this.#convert(value)]));
  }
}
