import type { ServiceBroker } from 'moleculer';
import type { ResultOf } from '#services/contracts.ts';
import { ask } from '#tools/repl/ask.ts';
import { command } from '#tools/repl/commands/command.ts';
import { targetOf } from '#tools/repl/room-target.ts';

type Inspection = ResultOf<'messages.inspect'>;

const SOURCES: Record<NonNullable<Inspection['window']>['base'], string> = {
  cache: 'held already',
  readmodel: 'made from the read model',
  query: 'not held before, made by a query',
};

function headText(head: Inspection['head']): string {
  if (!head) return 'none: the room never had a message';
  const { rev, seq, floorSeq, createdAt, lastSeq, previewSeq, epoch } = head;
  const newest = createdAt > 0 ? ` of ${new Date(createdAt).toISOString()}` : '';
  const shown = lastSeq === null ? 'none to show' : `last ${lastSeq}, preview ${previewSeq ?? 'none'}`;
  return `rev ${rev}, seq ${seq}${newest}; floor ${floorSeq}, ${shown}; epoch ${epoch}`;
}

function windowText({ head, window }: Inspection): string {
  if (!window) return 'none';
  const { rev, items, startSeq, bytes, base, changes } = window;
  const behind = head && head.rev > rev ? `, ${head.rev - rev} behind the head` : '';
  const brought = changes > 0 ? `, log changes that came on top: ${changes}` : '';
  const size = `items ${items} from seq ${startSeq}, about ${(bytes / 1024).toFixed(1)} KiB`;
  return `rev ${rev}${behind}, ${size}; ${SOURCES[base]}${brought}`;
}

type ReadModel = ResultOf<'readmodel.inspect'>;

/** Events wait for up to 10 s, so a read model that is a little behind is as it should be. */
function readModelText({ enabled, stored, lag, problem, node }: ReadModel, head: Inspection['head']): string {
  if (!enabled) return 'off (KAFKA_ENABLED=false)';
  const waiting = Object.entries(lag).filter(([, count]) => count > 0);
  const partitions = waiting.map(([partition, count]) => `${partition} ${count}`).join(', ');
  const events = `events not in windows yet, of the partitions of ${node}: ${partitions || 'none'}`;
  const trouble = problem === null ? '' : `; ${problem}`;
  if (!stored) return `none of this room; ${events}${trouble}`;
  if (head && stored.epoch !== head.epoch) return `void, of epoch ${stored.epoch}; ${events}${trouble}`;
  const behind = head && head.rev > stored.rev ? `${head.rev - stored.rev} behind the head` : 'up to date';
  const at = new Date(stored.updatedAt).toISOString();
  return `rev ${stored.rev}, ${behind}, items ${stored.items}, written ${at}; ${events}${trouble}`;
}

/** The rest is worth seeing without it, too. */
async function readModelLine(broker: ServiceBroker, room: string, head: Inspection['head']): Promise<string> {
  const actions = broker.registry.getActionList({ onlyAvailable: true });
  if (!actions.some(({ name }) => name === 'readmodel.inspect')) return 'not known: no instance of readmodel is online';
  return readModelText(await ask(broker, 'readmodel.inspect', { room }), head);
}

/** Where a room stands in the database, and what the instance that serves it has of it. */
export const room = command({
  command: 'room <id>',
  description: 'Head of a room, window and waiting writes of the instance that serves it, and the read model',
  async run(broker, { id }) {
    const target = await targetOf(broker, id!);
    const found = await ask(broker, `${target.service}.inspect`, { room: target.room });
    return [
      `room     ${target.room}, answered by ${found.node}`,
      `head     ${headText(found.head)}`,
      `window   ${windowText(found)}`,
      `stored   ${await readModelLine(broker, target.room, found.head)}`,
      `waiting  ${found.waiting} writes, of all rooms of ${found.node}`,
    ];
  },
});
