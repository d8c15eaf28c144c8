import { isDeepStrictEqual } from 'node:util';
import type { Collections } from '#shared/room-log/collections.ts';
import { recoloured } from '#shared/room-log/rules.ts';
import type { Change, ChangeOp, Entry, Head, Message } from '#shared/room-log/types.ts';
import { differingFields, type Findings } from '#tools/verify/difference.ts';
import { KnownSeqs } from '#tools/verify/known-seqs.ts';

/** Documents that one query fetches to be compared. */
const CHUNK = 100;

export type Recolouring = Extract<ChangeOp, { colour: string }> & { rev: number };

/** What the log says of a room, as far back as it reaches. */
export interface LogFacts {
  /** First rev that the log has; beyond the head's when it has none. */
  first: number;
  /** Messages whose states the log has. */
  known: KnownSeqs;
  /** Newest first. */
  recolourings: Recolouring[];
}

export const touches = ({ usernameLc, fromSeq, toSeq }: Recolouring, message: Pick<Message, 'seq' | 'usernameLc'>) =>
  message.usernameLc === usernameLc && message.seq >= fromSeq && message.seq <= toSeq;

/**
 * Reads a room's log from its end to its oldest entry: whether it has no gap, leads to the head, and says of each message
 * what the collection has. Holds an entry and a hundred states at a time.
 */
export async function checkLog(collections: Collections, head: Head, findings: Findings): Promise<LogFacts> {
  const facts: LogFacts = { first: head.rev + 1, known: new KnownSeqs(), recolourings: [] };
  let later: Entry | undefined;
  let expected: Message[] = [];
  const compare = async () => {
    await compareMessages(collections, head, expected, findings);
    expected = [];
  };
  for await (const entry of collections.log.find({ room: head._id }).sort({ from: -1 }).batchSize(20)) {
    checkPlace(entry, later, head, findings);
    later = entry;
    if (entry.from > head.rev) continue;
    facts.first = entry.from;
    for (const change of entry.changes.toReversed()) {
      const state = stateAfter(change, head, facts);
      if (state) expected.push(state);
      if (expected.length >= CHUNK) await compare();
    }
  }
  await compare();
  return facts;
}

function checkPlace(entry: Entry, later: Entry | undefined, head: Head, findings: Findings): void {
  const { from, to, changes } = entry;
  if (entry.epoch !== head.epoch) findings.add('log', `the entry at rev ${from} is of another epoch than the head`);
  if (changes.length !== to - from + 1 || changes.some(({ rev }, index) => rev !== from + index))
    findings.add('log', `the entry of revs ${from} to ${to} does not have these changes`);
  if (later && later.from !== to + 1) findings.add('log', `what follows rev ${to} is rev ${later.from}`);
  if (from > head.rev) {
    if (!later) findings.add('head', `stands at rev ${head.rev}, the log goes on to ${to}`);
    return;
  }
  if (later && later.from <= head.rev) return;
  if (to !== head.rev) {
    findings.add('head', `stands at rev ${head.rev}, the log has an entry that ends at ${to} there`);
    return;
  }
  const { purgeAt: _entryPurge, ...should } = entry.head;
  const { purgeAt: _headPurge, ...is } = head;
  const fields = differingFields(is, should, isDeepStrictEqual);
  if (fields.length > 0) findings.add('head', `differs from the log at rev ${to}: ${fields.join(', ')}`);
}

/** The state that a change, met on the way back, leaves its message in; undefined when a later one says more. */
function stateAfter({ rev, op, message }: Change, head: Head, facts: LogFacts): Message | undefined {
  if ('colour' in op) facts.recolourings.push({ ...op, rev });
  if (!message || message.seq <= head.floorSeq || facts.known.has(message.seq)) return undefined;
  facts.known.add(message.seq);
  return facts.recolourings.reduceRight(
    (state, one) => (touches(one, state) ? recoloured(state, one.colour, one.rev) : state),
    message,
  );
}

async function compareMessages(
  collections: Collections,
  head: Head,
  expected: readonly Message[],
  findings: Findings,
): Promise<void> {
  if (expected.length === 0) return;
  const seqs = expected.map(({ seq }) => seq);
  const documents = await collections
    .messages(head._id)
    .find({ room: head._id, seq: { $in: seqs } }, { projection: { _id: 0 } })
    .toArray();
  const bySeq = new Map(documents.map((document) => [document.seq, document]));
  for (const should of expected) {
    const is = bySeq.get(should.seq);
    if (!is) findings.add('message', `seq ${should.seq} is not there; the log has it at rev ${should.rev}`);
    // Changed since the head was read: the log of then says nothing of it.
    else if (is.rev <= head.rev) {
      const fields = differingFields(is, should, isDeepStrictEqual);
      if (fields.length > 0)
        findings.add('message', `seq ${should.seq} differs from the log at rev ${should.rev}: ${fields.join(', ')}`);
    }
  }
}
