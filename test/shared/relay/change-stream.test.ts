import { describe, expect, it } from '@jest/globals';
import { type Db, MongoServerError } from 'mongodb';
import { openChangeStream, PlaceLostError, timeOf } from '#shared/relay/change-stream.ts';

const token = { _data: '826900000000000000012B04' };

/** A database that answers one command after the other with these. */
function databaseThat(...answers: (object | number)[]): Db {
  return {
    client: { startSession: () => ({ endSession: async () => undefined }) },
    async command() {
      const answer = answers.shift();
      if (typeof answer === 'number') throw new MongoServerError({ message: 'no', code: answer });
      return answer;
    },
  } as unknown as Db;
}

const opened = { cursor: { id: 7, ns: 'db.room_log', firstBatch: [], postBatchResumeToken: token } };
const open = (db: Db, resumeAfter: typeof token | null = token) =>
  openChangeStream({
    db,
    collection: 'room_log',
    pipeline: [],
    resumeAfter,
    waitMs: 1,
    signal: new AbortController().signal,
  });

describe('a change stream', () => {
  it.each([
    ['is before the oplog (ChangeStreamHistoryLost)', 286],
    ['is none', 9],
  ])('is lost when it is opened with a token that %s', async (_why, code) => {
    await expect(open(databaseThat(code))).rejects.toThrow(PlaceLostError);
  });

  it('is not lost when the database is away, or when there is no token to blame', async () => {
    await expect(open(databaseThat(11_600))).rejects.toThrow(MongoServerError);
    await expect(open(databaseThat(9), null)).rejects.toThrow(MongoServerError);
  });

  it.each([
    ['the oplog has overtaken it', [286], PlaceLostError],
    ['the database cannot go on', [280], PlaceLostError],
    ['the primary steps down', [189], MongoServerError],
  ])('that is open: when %s it says so', async (_why, answers, error) => {
    const stream = await open(databaseThat(opened, ...answers));
    expect(await stream.next()).toEqual({ changes: [], token });
    await expect(stream.next()).rejects.toThrow(error);
  });

  it('that the database closed (the collection was dropped) is lost', async () => {
    const stream = await open(databaseThat(opened, { cursor: { ...opened.cursor, id: 0, nextBatch: [] } }));
    await stream.next();
    await stream.next();
    await expect(stream.next()).rejects.toThrow(PlaceLostError);
  });

  it('tells the time that a token stands for, where it does', () => {
    expect(timeOf(token)).toBe(0x69000000 * 1_000);
    expect(timeOf({ _data: 'nonsense' })).toBeNull();
  });
});
