import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { Fault } from '#shared/errors.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';
import { type Dating, isVisible } from '#services/profiles/dating/dating.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import { type DatingDocument, readDating, STORED_FIELDS, writeDating } from '#services/profiles/dating/stored.ts';
import { newUsername } from '#services/profiles/accounts/account-rules.ts';
import { Gather } from '#services/profiles/dating/gather.ts';

/** Other processes may be faster; each time one of them has succeeded, so that so many tries end in time. */
const TRIES = 25;
const MAX_PAUSE_MS = 40;

/** What to do to the profile of a person: pure, because it may be done again to a newer one. */
export type Change = (dating: Dating) => Dating;

interface Wanted {
  username: string;
  change: Change;
  create: boolean;
}

/** Writes dating profiles, each from its newest state. */
export class DatingWriter {
  readonly #repository: DatingRepository;
  readonly #version: DatingVersion;
  /** Within a process, edits of one profile are written together instead of making each other start again. */
  readonly #gather: Gather<Wanted, DatingDocument>;

  constructor(repository: DatingRepository, version: DatingVersion) {
    this.#repository = repository;
    this.#version = version;
    this.#gather = new Gather((_key, wanted) => this.#write(wanted));
  }

  /**
   * Changes the profile of a name and answers it. For a name that nobody has, `create` makes a person without an account:
   * he has no userId, and whoever signs up under the name takes the profile over. Else 404. Throws `not_stored` when
   * others changed it all the time.
   */
  change(username: string, change: Change, { create = false } = {}): Promise<DatingDocument> {
    return this.#gather.add(usernameKey(username), { username, change, create });
  }

  async #write(wanted: readonly Wanted[]): Promise<DatingDocument> {
    const change: Change = (dating) => wanted.reduce((before, one) => one.change(before), dating);
    const saved = await this.#save(
      wanted[0]!.username,
      change,
      wanted.some(({ create }) => create),
    );
    await this.#version.changed(saved);
    return saved;
  }

  async #save(username: string, change: Change, create: boolean): Promise<DatingDocument> {
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const found = await this.#repository.find(username);
      if (!found && !create) throw new Fault('dating_profile_not_found');
      const stored = await (found ? this.#update(found, change) : this.#insert(username, change));
      if (stored) return stored;
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
    throw new Fault('not_stored');
  }

  #update(found: DatingDocument, change: Change): Promise<DatingDocument | null> {
    const now = Date.now();
    const changed = fieldsAfter(found, change(readDating(found)), now);
    const before = found as unknown as Record<string, unknown>;
    const set = Object.fromEntries(
      Object.entries(changed).filter(([name, value]) => !isDeepStrictEqual(before[name], value)),
    );
    const unset = STORED_FIELDS.filter((name) => before[name] !== undefined && changed[name] === undefined);
    return this.#repository.replaceFields(found, { set, unset }, now);
  }

  #insert(username: string, change: Change): Promise<DatingDocument | null> {
    const now = Date.now();
    const name = newUsername(username);
    const key = usernameKey(name);
    const person: DatingDocument = {
      _id: new ObjectId(),
      username: name,
      usernameLower: key,
      names: [key],
      createdAt: now,
      updatedAt: now,
      rev: 1,
    };
    return this.#repository.insert({ ...person, ...fieldsAfter(person, change({}), now) });
  }
}

/** What is stored of a profile after a change. Others see it as long as there is something to see. */
function fieldsAfter(before: DatingDocument, dating: Dating, now: number): Record<string, unknown> {
  const { datingProfileCreatedAt } = before;
  const hasDatingProfile = isVisible(dating);
  return {
    ...writeDating(dating, String(before._id)),
    hasDatingProfile,
    ...(datingProfileCreatedAt !== undefined
      ? { datingProfileCreatedAt }
      : hasDatingProfile && { datingProfileCreatedAt: now }),
  };
}
