import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { expectProblem } from '#test/http/support/problems.ts';
import { latest, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

const purge = (prefix: string) => api.post(`/api/admin/cache/purge?prefix=${encodeURIComponent(prefix)}`);

describe("the administrator's calls", () => {
  it('create the indexes that are missing', async () => {
    expect((await api.post('/api/admin/ensure-indexes')).json()).toEqual({ ok: true });
  });

  it('make stored windows anew, of as many groups as asked for, and change nothing that is read', async () => {
    const room = unique('backfilled');
    await say(api, room, { text: 'still here' });
    const { groupsProcessed } = (await api.post('/api/admin/readmodels/backfill?limit_groups=1')).json<{
      groupsProcessed: number;
    }>();
    expect(groupsProcessed).toBe(1);
    expect((await api.post('/api/admin/readmodels/backfill?limit_groups=0')).json()).toEqual({ groupsProcessed: 0 });
    expect((await latest(api, room)).map(({ text }) => text)).toEqual(['still here']);
    for (const query of ['limit_groups=-1', 'limit_groups=x', 'window=-1'])
      expectProblem(
        await api.post(`/api/admin/readmodels/backfill?${query}`),
        422,
        'validation_failed',
        query.split('=')[0]!,
      );
  });

  it('forget kept answers by what their names begin with, and no others', async () => {
    const rooms = [unique('purged'), unique('purged')];
    for (const room of rooms) {
      await say(api, room);
      // Twice: the first goes the general way, which learns the URL.
      await latest(api, room);
      await latest(api, room);
    }
    const removed = async (prefix: string) => (await purge(prefix)).json<{ removedLocal: number }>().removedLocal;
    expect((await purge('groups:list:')).json()).toEqual({ removedLocal: 0, broadcast: true });
    expect(await removed(`messages:latest:${rooms[0]}:`)).toBe(1);
    expect(await removed(`messages:latest:${rooms[0]}:`)).toBe(0);
    expect(await latest(api, rooms[0]!)).toHaveLength(1);
    expect(await removed(`messages:latest:${rooms[1]}:`)).toBe(1);
  });

  it('are refused without a prefix', async () => {
    expectProblem(await purge('  '), 400, 'prefix_required');
    expectProblem(await api.post('/api/admin/cache/purge'), 422, 'validation_failed', 'prefix');
  });
});
