import { lastLines } from '#tools/servers/file-tail.ts';

const TAIL_BYTES = 16 * 1024;

/** The last error of a `nats-server` log, as one line for people; undefined when there is none. */
export function lastNatsError(file: string): string | undefined {
  const errors = lastLines(file, TAIL_BYTES).map((line) => /\[(?:FTL|ERR)\] (.*)/.exec(line)?.[1]);
  return errors.findLast(Boolean);
}
