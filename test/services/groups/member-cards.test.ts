import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ParamsOf, ResultOf } from '#services/contracts.ts';
import { startGroups } from '#test/services/groups/groups-broker.ts';

type Cards = ResultOf<'profiles.cards'>;

/** Answers of a `profiles` service, one after the other; the last for all that follow. */
const answers: ((names: string[]) => Cards | Promise<Cards>)[] = [];
const asked: string[][] = [];

let groups: Awaited<ReturnType<typeof startGroups>>;
beforeAll(async () => {
  groups = await startGroups();
  groups.broker.createService({
    name: 'profiles',
    actions: {
      cards(ctx) {
        const { usernames } = ctx.params as ParamsOf<'profiles.cards'>;
        asked.push(usernames);
        const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
        return answer(usernames);
      },
    },
  });
  await groups.broker.waitForServices('profiles');
  for (const id of ['one', 'two']) {
    await groups.call('groups.create', { id, name: id });
    for (const username of ['Ann ', 'bob', `only-${id}`])
      await groups.call('groups.addMember', { groupId: id, username });
  }
  await groups.database.db.collection('group_members').insertMany([
    { groupId: 'two', username: 'x'.repeat(300), usernameLower: 'x', joinedAt: 1 },
    { groupId: 'two', username: { a: 1 }, usernameLower: 'y', joinedAt: 1 },
  ]);
});
afterAll(() => groups.stop());

const ann = { usernameLower: 'ann', userId: 'u_1', avatarUrl: 'https://example.com/a' };
const away = () => Promise.reject(new Error('away'));
const answerWith = (...next: typeof answers) => answers.splice(0, answers.length, ...next);

async function preview() {
  const { memberPreview } = await groups.call('groups.get', { groupId: 'one', includeMembers: true });
  return Object.fromEntries(memberPreview!.map(({ username, avatar, userId }) => [username, [avatar, userId]]));
}
const nobody = { 'Ann ': [null, null], bob: [null, null], 'only-one': [null, null] };

describe('the members that a group shows', () => {
  it('have the avatar and the userId of their profile, as it is now', async () => {
    answerWith(
      () => [ann],
      () => [{ ...ann, avatarUrl: null }],
    );
    expect(await preview()).toEqual({ ...nobody, 'Ann ': ['https://example.com/a', 'u_1'] });
    expect(await preview()).toEqual({ ...nobody, 'Ann ': [null, 'u_1'] });
  });

  it('are looked up at once for all groups of a list, each name once', async () => {
    answerWith(() => [ann]);
    asked.length = 0;
    const list = await groups.call('groups.list', { includeMembers: true });
    expect(list.groups.map(({ memberCount }) => memberCount)).toEqual([3, 5]);
    expect(asked.map((names) => names.toSorted())).toEqual([['[object object]', 'ann', 'bob', 'only-one', 'only-two']]);
  });

  it('are not looked up for who does not ask for them, or has none', async () => {
    answerWith(() => []);
    asked.length = 0;
    await groups.call('groups.list', {});
    await groups.call('groups.create', { id: 'empty', name: 'empty' });
    await groups.call('groups.get', { groupId: 'empty', includeMembers: true });
    expect(asked).toEqual([]);
  });

  it('are shown without faces while the profiles are away, or silent', async () => {
    answerWith(
      away,
      () => new Promise(() => undefined),
      () => [ann],
    );
    expect(await preview()).toEqual(nobody);
    expect(await preview()).toEqual(nobody);
    expect(await preview()).toEqual({ ...nobody, 'Ann ': ['https://example.com/a', 'u_1'] });
  });
});
