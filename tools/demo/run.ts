import { dmRooms, groupRooms, users, type Room } from '#tools/demo/cast.ts';
import { Client } from '#tools/demo/client.ts';
import { meter } from '#tools/meter.ts';
import { DemoError, type Options } from '#tools/demo/options.ts';
import { Player, type Tally } from '#tools/demo/play.ts';
import { script } from '#tools/demo/script.ts';

/** Rooms that are played at the same time; within a room one line follows the other, as replies need it. */
const AT_ONCE = 16;
/** When the members joined, so that a second run says the same. */
const JOINED_AT = Date.UTC(2026, 0, 1);

/** Runs `work` over the list, `AT_ONCE` at a time; the first error stops it. */
async function each<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = list[Symbol.iterator]();
  let failed = false;
  const worker = async () => {
    for (const one of rest) {
      if (failed) return;
      try {
        await work(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Makes sure that this is the API. Throws DemoError in one line when it is not, or does not answer. */
async function greet(client: Client): Promise<void> {
  const body = await client.body({ method: 'GET', path: '/groups?limit=1', repeatable: true });
  if (typeof body !== 'object' || body === null || !('groups' in body))
    throw new DemoError(`${client.url}: answers, but not as this API does; is /api missing?`);
}

/** Groups that exist are left as they are: somebody may have renamed one. */
async function createGroup(client: Client, room: Room, tally: Tally): Promise<void> {
  const path = `/groups/${encodeURIComponent(room.id)}`;
  const call = { method: 'GET', path, repeatable: true } as const;
  const { status, body } = await client.call(call);
  if (status === 200) return;
  if (status !== 404) throw client.refusal(call, status, body);
  await client.body({ method: 'POST', path: '/groups', body: room.group, key: room.id, repeatable: true });
  tally.groups += 1;
}

async function addMembers(client: Client, room: Room, tally: Tally, added: () => void): Promise<void> {
  for (const [n, { username }] of room.members.entries()) {
    const path = `/groups/${encodeURIComponent(room.id)}/members`;
    const body = { username, role: n === 0 ? 'owner' : 'member', joinedAt: JOINED_AT + n * 60_000 };
    await client.body({ method: 'POST', path, body, key: `${room.id}:${username}`, repeatable: true });
    tally.members += 1;
    added();
  }
}

/** Shows a meter while `work` runs, and takes it away whatever comes. */
async function metered(label: string, total: number, work: (step: () => void) => Promise<void>): Promise<void> {
  const shown = meter(label, total);
  try {
    await work(() => shown.step());
  } finally {
    shown.end();
  }
}

export interface Played {
  tally: Tally;
  groups: Room[];
  dms: Room[];
  seconds: number;
  requests: number;
}

/** Fills the instance. Throws DemoError for what the person who runs it can put right. */
export async function run(options: Options, signal: AbortSignal): Promise<Played> {
  const started = performance.now();
  const all = users(options.users);
  const groups = groupRooms(options.groups, all);
  const dms = dmRooms(all);
  const lines = script(options.messages, groups, dms);
  const tally: Tally = {
    groups: 0,
    members: 0,
    messages: 0,
    there: 0,
    reactions: 0,
    edits: 0,
    deletions: 0,
    colours: 0,
  };
  const client = new Client(options.url, signal);
  const player = new Player(client, tally);

  await greet(client);
  await metered('groups', groups.length, (step) =>
    each(groups, async (room) => {
      await createGroup(client, room, tally);
      step();
    }),
  );
  const members = groups.reduce((sum, room) => sum + room.members.length, 0);
  await metered('members', members, (step) => each(groups, (room) => addMembers(client, room, tally, step)));
  await metered('messages', options.messages, (step) =>
    each([...lines], ([room, ofRoom]) => player.room(room, ofRoom, step)),
  );
  return { tally, groups, dms, seconds: (performance.now() - started) / 1_000, requests: client.requests };
}
