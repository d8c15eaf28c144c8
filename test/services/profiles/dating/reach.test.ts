import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatingLists } from '#services/profiles/dating/dating-lists.ts';
import { type DatingDesk, openDatingDesk } from '#services/profiles/dating/desk.ts';
import { editOf, merge } from '#services/profiles/dating/edit.ts';
import type { ListQuery } from '#services/profiles/dating/list.ts';
import { type Change, type Reach, touches } from '#services/profiles/dating/reach.ts';
import { openRepositories, type Repositories } from '#services/profiles/repositories.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

const list: Reach = {
  viewer: { name: 'ann', id: 'a' },
  ids: new Set(['a', 'b']),
  from: { lat: 0, lon: 0 },
  edgeKm: 112,
  nowhere: false,
};
const change: Change = { id: 'c', name: 'cat', visible: true, point: { lat: 0, lon: 2 } };

describe('a change touches a list', () => {
  it.each<[string, Partial<Reach>, Partial<Change>, boolean]>([
    ['of somebody on it', {}, { id: 'b' }, true],
    ['of somebody on it who is not visible any more', {}, { id: 'b', visible: false, point: null }, true],
    ['of the viewer', {}, { id: 'a', visible: false }, true],
    ['that makes the viewer', { viewer: { name: 'cat', id: undefined } }, { visible: false }, true],
    ['within its edge', {}, { point: { lat: 0, lon: 1 } }, true],
    ['beyond its edge', {}, {}, false],
    ['within its edge, of nobody who is visible', {}, { point: { lat: 0, lon: 1 }, visible: false }, false],
    ['anywhere, of a list without an edge', { edgeKm: Number.POSITIVE_INFINITY }, {}, true],
    ['of an unknown place', {}, { point: null }, false],
    ['of an unknown place, which it goes on to', { nowhere: true }, { point: null }, true],
    ['of anybody, where the newest are listed', { from: undefined }, {}, true],
  ])('%s', (_, reach, changed, touched) => {
    expect(touches({ ...list, ...reach }, { ...change, ...changed })).toBe(touched);
  });
});

describe('a list that is kept', () => {
  let database: TestDatabase;
  let repositories: Repositories;
  let desk: DatingDesk;
  let lists: DatingLists;
  beforeAll(async () => {
    database = await testDatabase();
    repositories = await openRepositories(database.db);
    desk = openDatingDesk(repositories);
    // Of another process.
    lists = new DatingLists(repositories.dating, repositories.datingVersion);
    await save('viewer', { age: 30, location: { lat: 0, lon: 0 } });
    await save('near', { age: 30, location: { lat: 1, lon: 0 } });
    await save('next', { age: 30, location: { lat: 2, lon: 0 } });
    await save('far', { age: 30, location: { lat: 40, lon: 0 } });
  });
  afterAll(() => database.drop());

  const save = (name: string, sent: Record<string, unknown>) =>
    desk.writer.change(name, (dating) => merge(dating, editOf(sent)), { create: true });
  const query: ListQuery = { viewer: 'viewer', known: true, limit: 3 };
  const get = (more: Partial<ListQuery> = {}) => lists.get({ ...query, ...more }, 'identity');

  it.each<[string, string, Record<string, unknown>, Partial<ListQuery>, boolean]>([
    ['stays when somebody beyond its last one changes', 'far', { mood: 'a' }, {}, true],
    ['stays when somebody comes beyond its last one', 'newcomer', { age: 40, location: { lat: 30, lon: 0 } }, {}, true],
    ['stays when somebody of an unknown place comes', 'nowhere', { age: 40 }, {}, true],
    ['is made anew when one of it changes', 'next', { mood: 'a' }, {}, false],
    ['is made anew when somebody comes closer', 'far', { location: { lat: 1, lon: 1 } }, {}, false],
    ['is made anew when one of it goes', 'far', { location: { lat: 50, lon: 1 } }, {}, false],
    ['is made anew when the viewer moves', 'viewer', { location: { lat: 0, lon: 1 } }, {}, false],
    [
      'stays when it has a distance, and changes are further away',
      'far',
      { mood: 'b' },
      { limit: 100, maxKm: 500 },
      true,
    ],
    ['is made anew when it is of all, and anybody changes', 'far', { mood: 'c' }, { limit: 100 }, false],
  ])('%s', async (_, name, sent, more, stays) => {
    const before = await get(more);
    await save(name, sent);
    const after = await get(more);
    expect(after === before).toBe(stays);
    // What was made of the same profiles in another process, without anything kept.
    const fresh = await new DatingLists(repositories.dating, repositories.datingVersion).get(
      { ...query, ...more },
      'identity',
    );
    expect(String(after.body)).toBe(String(fresh.body));
  });

  it('is made anew when more changed than is remembered', async () => {
    const before = await get();
    const far = (await repositories.dating.find('far'))!;
    const others = Array.from({ length: 201 }, (_, n) => ({ ...far, usernameLower: `other${n}` }));
    await Promise.all(others.map((one) => repositories.datingVersion.changed(one)));
    expect(await get()).not.toBe(before);
  });
});
