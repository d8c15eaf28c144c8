/** What is compared: where a room stands, its log, its messages, its stored window. */
export type Kind = 'head' | 'log' | 'message' | 'window';

export interface Difference {
  room: string;
  kind: Kind;
  text: string;
}

/** Notes what is found in a room, as far as anybody wants to read it. */
export class Findings {
  static readonly #MOST = 50;
  readonly found: Difference[] = [];
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
  }

  add(kind: Kind, text: string): void {
    if (this.found.length < Findings.#MOST) this.found.push({ room: this.#room, kind, text });
  }
}

export const keyOf = ({ room, kind, text }: Difference): string => `${room}\0${kind}\0${text}`;

/** `what` as far as it differs: field names, for documents that may be large. */
export function differingFields(are: object, should: object, same: (a: unknown, b: unknown) => boolean): string[] {
  const names = new Set([...Object.keys(are), ...Object.keys(should)]);
  return [...names].filter((name) => !same(Reflect.get(are, name), Reflect.get(should, name))).sort();
}
