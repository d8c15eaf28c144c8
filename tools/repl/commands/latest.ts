import { stripVTControlCharacters } from 'node:util';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import { ask } from '#tools/repl/ask.ts';
import { command } from '#tools/repl/commands/command.ts';
import { targetOf } from '#tools/repl/room-target.ts';

const DEFAULT_COUNT = 20;
/** Characters of a text that fit into a line of a terminal beside the other columns. */
const TEXT = 80;

/** On one line, and without what a terminal would obey. */
function oneLine(text: string): string {
  const plain = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
  return plain.length > TEXT ? `${plain.slice(0, TEXT - 1)}…` : plain;
}

function textOf({ text, kind, deleted, edited, reactions, replyTo }: MessageView): string {
  if (deleted) return '(deleted)';
  const count = Object.keys(reactions).length;
  const marks = [edited && 'edited', replyTo && 'reply', count > 0 && `${count} reactions`].filter(Boolean);
  return `${oneLine(text || `(${kind ?? 'no text'})`)}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}`;
}

function lineOf(message: MessageView): string {
  const { seq, rev, createdAt, username } = message;
  const place = `${String(seq).padStart(6)} ${String(rev).padStart(6)}`;
  const time = new Date(createdAt).toISOString().slice(0, 19).replace('T', ' ');
  return `${place}  ${time}  ${oneLine(username ?? '-').padEnd(12)}  ${textOf(message)}`;
}

/** The answer of `latest` as lines: the action itself answers bytes. */
export const latest = command({
  command: 'latest <room>',
  description: 'The newest messages of a room, one a line',
  options: [{ option: '-n, --count <n>', description: `how many, 1 to 500 (default ${DEFAULT_COUNT})` }],
  async run(broker, { room: id }, { count }) {
    const { service, room } = await targetOf(broker, id!);
    const wanted = count === undefined ? DEFAULT_COUNT : Number(count);
    const { body, rev, base, etag } = await ask(broker, `${service}.latest`, { room, count: wanted });
    const messages = JSON.parse(body.toString()) as MessageView[];
    return [
      `${room}: rev ${rev}, base ${base}, ${body.length} bytes, ETag ${etag}`,
      '   seq    rev  time (UTC)           by            text',
      ...messages.map(lineOf),
    ];
  },
});
