import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { styleText } from 'node:util';

const COLOURS = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'cyanBright', 'greenBright', 'magentaBright'] as const;
/** Columns of the name, so that lines of most processes begin below each other: `api-gateway-1`. */
const WIDTH = 14;

/** Writes a line with somebody's name before it. */
export type Say = (text: string) => void;

/** One terminal for many processes: each line begins with the name of its process, coloured in a terminal. */
export class Output {
  readonly #stream: NodeJS.WritableStream;
  readonly #names: string[] = [];

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
  }

  /** For the lines of `name`. */
  as(name: string): Say {
    if (!this.#names.includes(name)) this.#names.push(name);
    const colour = COLOURS[this.#names.indexOf(name) % COLOURS.length]!;
    const prefix = styleText(colour, `${name.padEnd(WIDTH)}|`, { stream: this.#stream });
    return (text) => void this.#stream.write(`${prefix} ${text}\n`);
  }

  block(text: string): void {
    this.#stream.write(`\n${text}\n`);
  }
}

/** Says every line that comes out of a stream. */
export function sayLines(from: Readable, say: Say): void {
  createInterface({ input: from, crlfDelay: Infinity }).on('line', say);
}
