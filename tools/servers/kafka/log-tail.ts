import { lastLines } from '#tools/servers/file-tail.ts';

const TAIL_BYTES = 64 * 1024;

/** The first error at the end of a broker's log, as one line for people: what follows comes from it. */
export function lastKafkaError(file: string): string | undefined {
  const lines = lastLines(file, TAIL_BYTES);
  const at = lines.findIndex((line) => /\[(?:FATAL|ERROR)\] /.test(line));
  if (at < 0) return undefined;
  // The message is often empty words; the exception below it says what it was.
  const said = /\[(?:FATAL|ERROR)\] \S+ (.*)/.exec(lines[at]!)?.[1];
  const cause = lines
    .slice(at + 1, at + 40)
    .findLast((line) => /^(?:Caused by: )?[\w.$]+(?:Exception|Error): /.test(line));
  return cause ? `${said} (${cause.replace(/^Caused by: /, '')})` : said;
}
