import { type Collection, type Db, ObjectId, type UpdateFilter } from 'mongodb';
import { Fault } from '#shared/errors.ts';
import { LIMITS } from '#shared/limits.ts';
import { looksLikeDatabaseId } from '#shared/room-id.ts';
import { GroupTotal } from '#services/groups/group-total.ts';
import { databaseIdOf, type GroupDocument, slugOf } from '#services/groups/group-view.ts';
import { upserting } from '#shared/upserting.ts';
import { TombstonesRepository } from '#services/groups/tombstones.repository.ts';

/** Which slug the databaseId of a deleted group stood for. `_id`: 24 lowercase hex digits. */
interface AliasDocument {
  _id: string;
  room: string;
}

type GroupFields = Pick<GroupDocument, 'name' | 'description' | 'avatarUrl'>;

/**
 * What a list takes of a group. An avatar over 64 KiB, a data URL, is left out: 200 of up to 1 MiB would be 200 MiB.
 * The group by itself is answered with it.
 */
const LISTED = {
  id: 1,
  name: 1,
  description: 1,
  avatarUrl: {
    $cond: [
      { $eq: [{ $type: '$avatarUrl' }, 'string'] },
      { $cond: [{ $lte: [{ $strLenBytes: '$avatarUrl' }, LIMITS.messageAvatar] }, '$avatarUrl', null] },
      null,
    ],
  },
};

/** Selects a group by id. Older databases may hold a number, which a path names by its digits. */
const withId = (id: string) => ({ id: { $in: String(Number(id)) === id ? [id, Number(id)] : [id] } });

/** What was made by this user; all, when no user is named. */
const madeBy = (by: string | undefined) => (by === undefined ? {} : { createdBy: by });

const changed = (fields: Partial<GroupFields>, now: number): UpdateFilter<GroupDocument> => ({
  $set: { ...fields, updatedAt: now },
  $inc: { rev: 1 },
});

/** Every query of `groups` and `group_aliases`; nothing else touches them. Throws the driver's errors. */
export class GroupsRepository {
  readonly #groups: Collection<GroupDocument>;
  readonly #aliases: Collection<AliasDocument>;
  readonly #tombstones: TombstonesRepository;
  readonly #total: GroupTotal;

  constructor(db: Db) {
    this.#groups = db.collection('groups');
    this.#aliases = db.collection('group_aliases');
    this.#tombstones = new TombstonesRepository(db);
    this.#total = new GroupTotal(this.#groups);
  }

  /** Creates what is missing; safe to run at every start of every process. */
  async ensureIndexes(): Promise<void> {
    await this.#groups.createIndexes([{ key: { id: 1 }, unique: true }, { key: { name: 1, id: 1 } }]);
  }

  /** A page in the byte order of names, then of ids, and how many groups there are in all. */
  async page(limit: number, offset: number): Promise<{ groups: GroupDocument[]; total: number; hasMore: boolean }> {
    const found = await this.#groups
      .find({}, { projection: LISTED, sort: { name: 1, id: 1 }, skip: offset, limit: limit + 1 })
      .toArray();
    const seen = offset + found.length;
    const hasMore = found.length > limit;
    const isPastTheEnd = found.length === 0 && offset > 0;
    // A page that shows the end tells the total by itself.
    if (!hasMore && !isPastTheEnd) return { groups: found, total: seen, hasMore };
    const counted = await this.#total.get();
    return { groups: found.slice(0, limit), total: hasMore ? Math.max(counted, seen) : counted, hasMore };
  }

  /** The group with this id, else with this databaseId, else the one that has the id of the group that had it. */
  async find(groupId: string): Promise<GroupDocument | null> {
    const found = await this.#groups.findOne(withId(groupId));
    if (found || !looksLikeDatabaseId(groupId)) return found;
    const byDatabaseId = await this.#groups.findOne({ _id: new ObjectId(groupId) });
    if (byDatabaseId) return byDatabaseId;
    const alias = await this.#aliases.findOne({ _id: groupId.toLowerCase() });
    return alias && this.#groups.findOne(withId(alias.room));
  }

  /** The id of the group that has, or had, this databaseId; null when there is none. */
  async slugOfDatabaseId(databaseId: string): Promise<string | null> {
    if (!looksLikeDatabaseId(databaseId)) return null;
    const group = await this.#groups.findOne({ _id: new ObjectId(databaseId) }, { projection: { id: 1 } });
    if (group) return slugOf(group);
    // In this order: the alias is there before the group goes.
    const alias = await this.#aliases.findOne({ _id: databaseId.toLowerCase() });
    return alias && alias.room;
  }

  /**
   * The group with this id, made or overwritten. A new one gets `_id` = `id`, so that both its ids are the same, and
   * remembers the user who made it. `by`: a user, who may overwrite only what he made. Throws `forbidden`.
   */
  async upsert(id: string, fields: Required<GroupFields>, now: number, by?: string): Promise<GroupDocument> {
    return upserting(
      async () => (await this.overwrite(id, fields, now, by)) ?? this.#insert(id, { ...fields, ...madeBy(by) }, now),
    );
  }

  /** A new group. Its rev goes on from where the last one of that id ended, so that events can be told apart by it. */
  async #insert(id: string, fields: Partial<GroupDocument>, updatedAt: number): Promise<GroupDocument> {
    const ended = await this.#tombstones.revOf(id);
    const group = { ...fields, _id: id, id, updatedAt, rev: ended + 1 };
    await this.#groups.insertOne(group);
    // Another may have been made and deleted since the rev was read.
    const endedSince = await this.#tombstones.revOf(id);
    if (endedSince === ended) return group;
    const options = { returnDocument: 'after' } as const;
    return (await this.#groups.findOneAndUpdate({ _id: id }, { $max: { rev: endedSince + 1 } }, options)) ?? group;
  }

  /** The group with this id, overwritten; null when there is none. Throws `forbidden` as `upsert`. */
  async overwrite(id: string, fields: Required<GroupFields>, now: number, by?: string): Promise<GroupDocument | null> {
    const filter = { ...withId(id), ...madeBy(by) };
    const group = await this.#groups.findOneAndUpdate(filter, changed(fields, now), { returnDocument: 'after' });
    if (!group && by !== undefined && (await this.#groups.findOne(withId(id)))) throw new Fault('forbidden');
    return group;
  }

  /** Sets the given fields; null when the group is gone, or was not made by the user `by`. */
  update(
    _id: GroupDocument['_id'],
    fields: Partial<GroupFields>,
    now: number,
    by?: string,
  ): Promise<GroupDocument | null> {
    return this.#groups.findOneAndUpdate({ _id, ...madeBy(by) }, changed(fields, now), { returnDocument: 'after' });
  }

  /** Deletes the group, which leaves a tombstone with the rev of its deletion. */
  async delete(group: GroupDocument, now: number): Promise<void> {
    for (let found: GroupDocument | null = group; found; found = await this.#groups.findOne({ _id: group._id })) {
      const rev = (found.rev ?? 0) + 1;
      // First: a group that went without one would begin at 1 again.
      await this.#tombstones.keep({ _id: slugOf(found), databaseId: databaseIdOf(found), rev, updatedAt: now });
      // Null finds what has no rev. A change in between has taken the rev of the deletion.
      const unchanged = { _id: found._id, rev: (found.rev ?? null) as number };
      if ((await this.#groups.deleteOne(unchanged)).deletedCount > 0) return;
    }
  }

  /** Remembers what the databaseId of a group stands for, for after its deletion. */
  async keepAlias(databaseId: ObjectId, room: string): Promise<void> {
    const _id = databaseId.toHexString();
    await upserting(() => this.#aliases.updateOne({ _id }, { $set: { room } }, { upsert: true }));
  }
}
