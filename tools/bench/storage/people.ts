import type { Db } from 'mongodb';
import { GroupsRepository } from '#services/groups/groups.repository.ts';
import { MembersRepository } from '#services/groups/members.repository.ts';
import { openRepositories } from '#services/profiles/repositories.ts';
import { people } from '#tools/bench/dating/people.ts';
import { description } from '#tools/demo/texts.ts';
import { seeded } from '#tools/demo/random.ts';

/** Accounts, dating profiles, groups and their members, through the repositories of the services. */

export const PEOPLE = 2_000;
export const GROUPS = 500;
const MEMBERS = 5;
const LIKES = 3;
const AT_ONCE = 50;
const START = Date.UTC(2026, 0, 1);

/** Runs `make` for 0 … count - 1, some at a time. */
async function each(count: number, make: (n: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < count; start += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - start) }, (_, index) => make(start + index)));
}

const nameOf = (n: number) => `Person${String(n).padStart(6, '0')}`;

/** Accounts, a few likes of each, groups and members. */
export async function fillAccounts(db: Db): Promise<void> {
  const { profiles, likes } = await openRepositories(db);
  const [groups, members] = [new GroupsRepository(db), new MembersRepository(db)];
  await Promise.all([groups.ensureIndexes(), members.ensureIndexes()]);
  await each(PEOPLE, async (n) => {
    const username = nameOf(n);
    const account = {
      userId: `u_${START + n}_${n.toString(16).padStart(8, '0')}`,
      username,
      usernameLower: username.toLowerCase(),
      // As long as those of passwords.
      passwordHash: 'x'.repeat(97),
      avatarUrl: `https://media.example.com/avatars/${n}.webp`,
      friends: [],
    };
    await profiles.createAccount(account, START + n);
  });
  await each(PEOPLE * LIKES, (n) => {
    const [from, to] = [Math.floor(n / LIKES), (n * 7_919) % PEOPLE];
    return likes.put({ fromLc: nameOf(from).toLowerCase(), toLc: nameOf(to).toLowerCase(), at: START + n });
  });
  await each(GROUPS, (n) => {
    const text = description(seeded('storage', n));
    return groups.upsert(`group-${n}`, { name: `Group ${n}`, description: text, avatarUrl: null }, START);
  });
  await each(GROUPS * MEMBERS, (n) => {
    const username = nameOf((n * 31) % PEOPLE);
    return members.put({
      groupId: `group-${Math.floor(n / MEMBERS)}`,
      username,
      usernameLower: username.toLowerCase(),
      role: 'member',
      joinedAt: START + n,
      updatedAt: START + n,
    });
  });
}

/** People with dating profiles. */
export async function fillDating(db: Db): Promise<void> {
  await openRepositories(db);
  for (const chunk of people(PEOPLE, PEOPLE)) await db.collection('profiles').insertMany(chunk, { ordered: false });
}
