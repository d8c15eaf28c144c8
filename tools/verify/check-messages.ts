import { isDeepStrictEqual } from 'node:util';
import { isDm, participantsOf } from '#shared/room-id.ts';
import type { Collections } from '#shared/room-log/collections.ts';
import type { Head, Message } from '#shared/room-log/types.ts';
import { type LogFacts, touches } from '#tools/verify/check-log.ts';
import type { Findings } from '#tools/verify/difference.ts';

const FIELDS = { _id: 0, seq: 1, rev: 1, createdAt: 1, usernameLc: 1, previewable: 1 } as const;

type Row = Pick<Message, 'seq' | 'rev' | 'createdAt' | 'usernameLc' | 'previewable'>;

/**
 * Reads a room's messages from the first to the last: seq without a gap, createdAt increasing, revs that exist, and a
 * head that says where they end. Answers how many there are; holds a batch at a time.
 */
export async function checkMessages(
  collections: Collections,
  head: Head,
  facts: LogFacts,
  findings: Findings,
): Promise<number> {
  const { _id: room, floorSeq, seq: end } = head;
  let before: Row | undefined;
  let preview: number | null = null;
  let count = 0;
  const rows = collections.messages(room).find({ room, seq: { $gt: floorSeq } }, { projection: FIELDS });
  for await (const row of rows.sort({ seq: 1 }).batchSize(1_000) as AsyncIterable<Row>) {
    if (row.seq > end) {
      if (row.rev <= head.rev) findings.add('message', `seq ${row.seq} is there, the head ends before it`);
      continue;
    }
    count += 1;
    const due = (before?.seq ?? floorSeq) + 1;
    if (row.seq !== due) findings.add('message', missing(due, row.seq - 1));
    if (before && row.createdAt <= before.createdAt)
      findings.add('message', `seq ${row.seq} is not later than the one before it`);
    if (row.rev > head.rev) findings.add('message', `seq ${row.seq} is at rev ${row.rev}, beyond the head`);
    else if (!isKnown(row, facts))
      findings.add('message', `seq ${row.seq} is at rev ${row.rev}, which is no change of it`);
    if (row.previewable) preview = row.seq;
    before = row;
  }
  const after = (before?.seq ?? floorSeq) + 1;
  if (after <= end) findings.add('message', missing(after, end));
  checkHead(head, before, preview, findings);
  return count;
}

const missing = (from: number, to: number): string => `seq ${from === to ? from : `${from} to ${to}`} is missing`;

/** False when the log reaches back to the row's rev and has no such change of it. */
function isKnown(row: Row, { first, known, recolourings }: LogFacts): boolean {
  if (row.rev < first || known.has(row.seq)) return true;
  return recolourings.some((one) => one.rev === row.rev && touches(one, row));
}

/** What a head says beside rev and seq, as the messages have it. */
function checkHead(head: Head, last: Row | undefined, previewSeq: number | null, findings: Findings): void {
  const { _id: room, seq, floorSeq, createdAt } = head;
  const lastSeq = seq > floorSeq ? seq : null;
  const should: Partial<Head> = { lastSeq, previewSeq };
  if (last?.seq === seq) should.createdAt = last.createdAt;
  if (isDm(room)) {
    should.participants = participantsOf(room);
    should.listedAt = lastSeq === null ? undefined : createdAt;
  }
  for (const [name, value] of Object.entries(should)) {
    const is: unknown = Reflect.get(head, name);
    if (!isDeepStrictEqual(is, value))
      findings.add('head', `${name} is ${JSON.stringify(is)}, by its messages ${JSON.stringify(value)}`);
  }
}
