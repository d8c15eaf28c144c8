import { describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { computeEntry, emptyHead } from '#shared/room-log/compute.ts';
import { NOTHING_LOADED } from '#shared/room-log/needs.ts';
import type { Command, Entry, Outcome } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';
import { problemsOfLedger, problemsOfLog, problemsOfProjection, problemsOfWindow } from '#test/chaos/audit.ts';
import { create, deleteRoom, edit, react, recolour, remove } from '#test/chaos/commands.ts';
import type { Line } from '#test/chaos/ledger.ts';
import type { Answer } from '#test/chaos/protocol.ts';
import { replay } from '#test/chaos/replay.ts';

const STORED: Command[] = [
  create('m1'),
  create('m2'),
  create('m3'),
  edit('m1', 'better'),
  react('m2', 'u1'),
  remove('m3'),
];

function entryOf(commands: Command[], before?: Entry): { entry: Entry; outcomes: Outcome[] } {
  const head = before?.head ?? emptyHead('room', 'epoch');
  const byId = new Map(before ? replay([before]).messages : []);
  const loaded = { ...NOTHING_LOADED, byId };
  const { entry, outcomes } = computeEntry({ head, at: 1_000, loaded, commands, id: new ObjectId() });
  return { entry: entry!, outcomes: outcomes as Outcome[] };
}

const { entry: first, outcomes } = entryOf(STORED);
const { entry: second } = entryOf([create('m4'), recolour('ann', 'red')], first);
const LOG = [first, second];
const documents = () => [...replay(LOG).messages.values()];
const changed = (entry: Entry, patch: (copy: Entry) => void) => {
  const copy = structuredClone({ ...entry, _id: null }) as unknown as Entry;
  patch(copy);
  return copy;
};
const line = (command: Command, answer: Answer): Line => ({ room: 'room', command, answer });
const acknowledged = (index: number) => line(STORED[index]!, { status: 'acknowledged', outcome: outcomes[index]! });
const refused = (command: Command, code: 'not_stored' | 'outcome_unknown' | 'bug') =>
  line(command, { status: 'refused', code, detail: '' });

describe('the check of the log', () => {
  it('is content with a sound log', () => {
    expect(problemsOfLog(LOG)).toEqual([]);
  });

  it('finds a lost entry, a doubled rev, a gap in seq, a time that stands still, a wrong head', () => {
    expect(problemsOfLog([second])).not.toEqual([]);
    expect(problemsOfLog([first, first, second])).not.toEqual([]);
    expect(problemsOfLog([first, changed(second, ({ changes }) => (changes[0]!.seq! += 1))])).not.toEqual([]);
    expect(
      problemsOfLog([first, changed(second, ({ changes }) => (changes[0]!.message!.createdAt = 1_002))]),
    ).not.toEqual([]);
    expect(problemsOfLog([first, changed(second, ({ head }) => (head.seq += 1))])).not.toEqual([]);
    expect(problemsOfLog([first, changed(second, (entry) => (entry.to += 1))])).not.toEqual([]);
  });
});

describe('the check of the projections', () => {
  it('is content with documents and a head that equal the log', () => {
    expect(problemsOfProjection(LOG, documents(), second.head)).toEqual([]);
    const gone = { ...documents()[0]!, messageId: 'gone', seq: 0 };
    expect(problemsOfProjection(LOG, [...documents(), gone], second.head)).toEqual([]);
  });

  it('finds a lost, an extra, an old and a doubled document, and a head that stands elsewhere', () => {
    const [one, ...others] = documents();
    expect(problemsOfProjection(LOG, others, second.head)).not.toEqual([]);
    expect(problemsOfProjection(LOG, [...documents(), { ...one!, messageId: 'x', seq: 9 }], second.head)).not.toEqual(
      [],
    );
    expect(problemsOfProjection(LOG, [{ ...one!, text: 'old' }, ...others], second.head)).not.toEqual([]);
    expect(problemsOfProjection(LOG, [...documents(), one!], second.head)).not.toEqual([]);
    expect(problemsOfProjection(LOG, documents(), first.head)).not.toEqual([]);
    expect(problemsOfProjection(LOG, documents(), null)).not.toEqual([]);
  });

  it('finds a window that lacks a message, shows an old one, or claims another rev', () => {
    const items = documents().map((message) => itemOf(message));
    const window = { items, rev: second.to };
    expect(problemsOfWindow(LOG, window)).toEqual([]);
    expect(problemsOfWindow(LOG, { ...window, items: items.slice(1) })).not.toEqual([]);
    expect(
      problemsOfWindow(LOG, { ...window, items: items.with(0, itemOf({ ...documents()[0]!, text: 'old' })) }),
    ).not.toEqual([]);
    expect(problemsOfWindow(LOG, { ...window, rev: first.to })).not.toEqual([]);
    expect(problemsOfWindow(LOG, null)).not.toEqual([]);
  });
});

describe('the check of the ledger', () => {
  const room = replay(LOG);

  it('is content when acknowledged is there once, refused is not, unknown is either', () => {
    const lines = [
      ...STORED.map((_, index) => acknowledged(index)),
      refused(create('never'), 'not_stored'),
      refused(edit('m1', 'never'), 'bug'),
      refused(create('who knows'), 'outcome_unknown'),
      refused(create('m4'), 'outcome_unknown'),
      line(recolour('ann', 'red'), { status: 'died' }),
    ];
    expect(problemsOfLedger(lines, room)).toEqual([]);
  });

  it('finds each kind of acknowledged command that is lost', () => {
    for (const index of STORED.keys())
      expect(problemsOfLedger([acknowledged(index)], replay([second]))).not.toEqual([]);
    const outcome = { message: null, replayed: false, count: 1 };
    for (const command of [recolour('ann', 'blue'), deleteRoom()])
      expect(problemsOfLedger([line(command, { status: 'acknowledged', outcome })], room)).not.toEqual([]);
  });

  it('finds each kind of command that is done twice, whatever was answered', () => {
    const editedTwice = changed(first, ({ changes }) => {
      for (const { message } of changes) message?.edits.push({ previousText: message.text, editedAt: '' });
    });
    const doubled = {
      ...room,
      changes: [...room.changes, ...room.changes],
      texts: replay([editedTwice]).texts,
    };
    for (const index of STORED.keys()) {
      expect(problemsOfLedger([acknowledged(index)], doubled)).not.toEqual([]);
      expect(problemsOfLedger([refused(STORED[index]!, 'outcome_unknown')], doubled)).not.toEqual([]);
    }
  });

  it('finds what was refused and yet stored, what hangs, and a wrong seq in an answer', () => {
    for (const command of STORED) expect(problemsOfLedger([refused(command, 'not_stored')], room)).not.toEqual([]);
    expect(problemsOfLedger([refused(create('m4'), 'bug')], room)).not.toEqual([]);
    expect(problemsOfLedger([line(create('m1'), { status: 'hung' })], room)).not.toEqual([]);
    const [outcome] = outcomes;
    const wrong = { ...outcome!, message: { ...outcome!.message!, seq: 2 } };
    expect(problemsOfLedger([line(create('m1'), { status: 'acknowledged', outcome: wrong })], room)).not.toEqual([]);
    const elsewhere = { ...outcome!, replayed: true, message: { ...outcome!.message!, messageId: 'unknown' } };
    expect(problemsOfLedger([line(create('x'), { status: 'acknowledged', outcome: elsewhere })], room)).not.toEqual([]);
  });
});
