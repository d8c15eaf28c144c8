import type { Collection, Db, Document } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

/** A row of `group_members`. `groupId` is the group's slug; the room need not have a group. */
export interface MemberDocument {
  groupId: string;
  /** As typed at the last join. */
  username: string;
  usernameLower: string;
  role: string;
  /** Epoch ms. */
  joinedAt: number;
  updatedAt: number;
  /** Counts the joins since the member last left. */
  rev?: number;
}

/** A group's newest members, and how many there are, up to MEMBER_COUNT_CAP. */
export interface MemberSummary {
  count: number;
  /** Older databases may hold names of any type. */
  newest: { username?: unknown }[];
}

/**
 * How far members are counted. A count walks the index, about 1 µs a member, so a list of 200 groups of that size
 * costs 2 s at most. A counter kept beside the rows would cost less and be wrong for good once a process died between
 * the two writes; it would miss joins of before the group was made, and what counts depends on the profiles.
 */
export const MEMBER_COUNT_CAP = 10_000;

/** Members deleted in one command: a tenth of a second, far below every time-out. */
const DELETE_CHUNK = 5_000;

/** Joins `as` to each group id: what `pipeline` makes of the group's members, by the index (groupId, …). */
const ofGroup = (as: string, pipeline: Document[]): Document => ({
  $lookup: { from: 'group_members', localField: 'groupId', foreignField: 'groupId', as, pipeline },
});

/** Every query of `group_members`; nothing else touches it. Throws the driver's errors. */
export class MembersRepository {
  readonly #db: Db;
  readonly #members: Collection<MemberDocument>;

  constructor(db: Db) {
    this.#db = db;
    this.#members = db.collection('group_members');
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#members.createIndexes([
      { key: { groupId: 1, usernameLower: 1 }, unique: true },
      { key: { groupId: 1, joinedAt: -1, usernameLower: 1 } },
    ]);
  }

  /** Adds the member, or overwrites the one of this name. */
  async put({ groupId, usernameLower, ...fields }: Omit<MemberDocument, 'rev'>): Promise<void> {
    const update = { $set: fields, $inc: { rev: 1 } };
    await upserting(() => this.#members.updateOne({ groupId, usernameLower }, update, { upsert: true }));
  }

  async delete(groupId: string, usernameLower: string): Promise<void> {
    await this.#members.deleteOne({ groupId, usernameLower });
  }

  /** Deletes all members of these group ids, in chunks. Chunks already deleted stay so when a later one fails. */
  async deleteAll(groupIds: string[]): Promise<void> {
    for (;;) {
      const chunk = await this.#members
        .find({ groupId: { $in: groupIds } }, { projection: { _id: 1 }, limit: DELETE_CHUNK })
        .toArray();
      if (chunk.length === 0) return;
      await this.#members.deleteMany({ _id: { $in: chunk.map(({ _id }) => _id) } });
    }
  }

  /** For each group its newest members (last joined first, then by name), at most `limit`, and their number. */
  async summaries(groupIds: string[], limit: number): Promise<Map<string, MemberSummary>> {
    if (groupIds.length === 0) return new Map();
    const rows = await this.#db
      .aggregate<{ groupId: string; newest: MemberSummary['newest']; counted: { n: number }[] }>([
        // $literal: an id may begin with $.
        { $documents: groupIds.map((groupId) => ({ groupId: { $literal: groupId } })) },
        ofGroup('newest', [
          { $sort: { joinedAt: -1, usernameLower: 1 } },
          { $limit: limit },
          { $project: { _id: 0, username: 1 } },
        ]),
        ofGroup('counted', [{ $limit: MEMBER_COUNT_CAP }, { $count: 'n' }]),
      ])
      .toArray();
    return new Map(rows.map(({ groupId, newest, counted }) => [groupId, { newest, count: counted[0]?.n ?? 0 }]));
  }
}
