import { indexBytes, type Oplog, type Stored } from '#tools/bench/storage/measures.ts';
import { WINDOWS } from '#tools/bench/storage/rooms.ts';

export interface Figures {
  messages: number;
  rooms: number;
  /** In one of the latest windows, on average. */
  windowMessages: number;
  /** By the noun that one of them is. */
  stored: { one: string; of: Stored }[];
  /** Disk bytes of an index on the room alone, which sharding needs, by collection. */
  shardKey: { one: string; bytes: number; documents: number }[];
  oplog: { one: string; count: number; of: Oplog }[];
}

const cells = (row: readonly (string | number)[]): string => `| ${row.join(' | ')} |`;
const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

function storedRow({ one, of }: Figures['stored'][number]): string {
  const each = (bytes: number) => whole(bytes / of.documents);
  return cells([
    one,
    `\`${of.collection}\``,
    whole(of.documents),
    each(of.bytes),
    each(of.diskBytes),
    each(indexBytes(of)),
    each(of.diskBytes + indexBytes(of)),
  ]);
}

function oplogRow({ one, count, of }: Figures['oplog'][number]): string {
  const parts = [...of].toSorted(([, a], [, b]) => b - a).map(([name, bytes]) => `${name} ${whole(bytes / count)}`);
  const total = [...of.values()].reduce((sum, bytes) => sum + bytes, 0);
  return cells([one, whole(count), whole(total / count), parts.join(', ')]);
}

function indexRows({ one, of }: Figures['stored'][number]): string[] {
  return Object.entries(of.indexes).map(([name, bytes]) => cells([one, `\`${name}\``, whole(bytes / of.documents)]));
}

/** The page that shows what was measured. */
export const pageOf = (
  machine: string[][],
  { messages, rooms, windowMessages, stored, shardKey, oplog }: Figures,
): string =>
  `# Storage

Written by \`npm run bench:storage -- --messages ${messages} --write\`. ${whole(messages)} messages of some 90 characters over ${whole(rooms)} rooms,
written through the room log, each in an entry of its own; every second one has an idempotency key, every tenth is a
reply, every twentieth a recording. Measured after a checkpoint. What these figures mean for many users: [scaling](scaling.md).

| machine |  |
| --- | --- |
${machine.map(cells).join('\n')}

## Bytes a document

Data is uncompressed BSON, about what it takes in the cache; on the disk it is compressed (snappy), as are indexes (by prefix).

| one | collection | measured | data | data on disk | indexes on disk | disk together |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${stored.map(storedRow).join('\n')}

The log's entries go after seven days. The ${WINDOWS} windows have ${whole(windowMessages)} messages each; there are none without Kafka.

An index on the room alone, which a collection needs to be sharded by it and the messages do not have:

| one | bytes on disk |
| --- | ---: |
${shardKey.map(({ one, bytes, documents }) => cells([one, whole(bytes / documents)])).join('\n')}

## Bytes in the oplog

What goes to every secondary, before compression, by collection.

| one | measured | bytes | of which |
| --- | ---: | ---: | --- |
${oplog.map(oplogRow).join('\n')}

## Indexes

| one | index | bytes on disk |
| --- | --- | ---: |
${stored.flatMap(indexRows).join('\n')}
`;
