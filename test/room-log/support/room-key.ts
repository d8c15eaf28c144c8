import type { Document } from 'mongodb';
import type { Sent } from '#test/room-log/support/command-log.ts';
import { queriesOf, stagesIn } from '#test/room-log/support/explain.ts';

/** Which commands could be sent to the one shard that has the room, were MongoDB sharded by room id. */

/** What a collection would be sharded by: the field that holds the canonical room. */
const SHARD_KEYS: Record<string, string> = {
  room_log: 'room',
  group_messages: 'room',
  dm_messages: 'room',
  room_colours: 'room',
  rooms: '_id',
  read_messages_latest: 'groupId',
  group_members: 'groupId',
};

/** A few small documents by name: these stay on one shard. */
const UNSHARDED = new Set(['meta', 'relay_places']);

/** Goes where the cursor is. */
const OF_CURSORS = new Set(['getMore', 'killCursors']);

const isObject = (value: unknown): value is Document => typeof value === 'object' && value !== null;

const isRoom = (value: unknown): boolean => typeof value === 'string';

/** Reads may name several rooms, which go to the shards of these only. */
const areRooms = (value: unknown): boolean =>
  isRoom(value) || (isObject(value) && Array.isArray(value.$in) && value.$in.every(isRoom));

const readNames = (filter: unknown, key: string): boolean =>
  isObject(filter) &&
  (areRooms(filter[key]) ||
    (Array.isArray(filter.$or) && filter.$or.length > 0 && filter.$or.every((one) => readNames(one, key))));

/** A write names one room: an upsert and a write of a single document are refused without the shard key. */
const writeNames = (filter: unknown, key: string): boolean => isObject(filter) && isRoom(filter[key]);

/** A query without a room, by its shape. `query`: to be explained; none for what cannot be. */
export interface Scattered {
  shape: string;
  query?: ReturnType<typeof queriesOf>[number];
}

/** What a command asks of every shard. Throws for a collection and for a command that are not known here. */
export function scatteredBy(sent: Sent): Scattered[] {
  const { name, collection, command } = sent;
  if (OF_CURSORS.has(name) || UNSHARDED.has(collection)) return [];
  if (name === 'aggregate') {
    const [query] = queriesOf(sent);
    return [
      query ? { shape: query.shape, query } : { shape: `aggregate ${collection} ${stagesIn(command).join(' ')}` },
    ];
  }
  const key = SHARD_KEYS[collection];
  if (key === undefined) throw new Error(`nobody said what ${collection} would be sharded by: ${name}`);
  if (name === 'insert') {
    const roomless = (command.documents as Document[]).filter((one) => !isRoom(one[key]));
    return roomless.length === 0 ? [] : [{ shape: `insert ${collection} without ${key}` }];
  }
  const queries = queriesOf(sent);
  if (queries.length === 0) throw new Error(`nobody said where ${name} ${collection} would go`);
  return queries
    .filter(({ command: { filter, updates, deletes, query } }) => {
      if (name === 'find') return !readNames(filter, key);
      const one = (updates ?? deletes ?? [{ q: query as unknown }]) as { q: unknown }[];
      return !one.every(({ q }) => writeNames(q, key));
    })
    .map((query) => ({ shape: query.shape, query }));
}
