import { describe, expect, it } from '@jest/globals';
import type { ChatClient } from '#test/clients/socket-client.ts';
import { useStage } from '#test/clients/support/stage.ts';
import { filtersOf, say, talk, type Told } from '#test/clients/support/talk.ts';
import type { Message, ReactionResult } from '#test/clients/support/types.ts';

const stage = useStage();

interface History {
  groupId: string;
  messages: Message[];
}

/** Joins and waits for all that follows, the system line included. */
async function join(client: ChatClient, groupId: string): Promise<History> {
  const { username } = client.user;
  client.join(groupId);
  const history = await client.next<History>('message-history');
  await client.next('user-list');
  const told = await client.next<Told>('message');
  expect(told.message).toMatchObject({ username: 'system', text: `${username} joined`, system: true });
  await client.next('message-reconcile');
  return history;
}

describe('a user who joins a group', () => {
  it('asks for it, its colours, filters and history, becomes a member and is announced', async () => {
    const { id: room } = await stage.group();
    const alice = await stage.user('Alice', { bubbleColor: '#7c3aed' });
    stage.recorder.fresh();
    alice.join(room);
    expect(await alice.next('filters:snapshot')).toMatchObject({ items: [] });
    expect(await alice.next('message-history')).toEqual({ groupId: room, messages: [] });
    expect(await alice.next('user-list')).toEqual({ groupId: room, users: [alice.user] });
    expect(await alice.next('online-counts')).toEqual({ [room]: 1 });
    expect(await alice.next('presence:online')).toEqual({ userId: alice.user.userId });
    const line = await alice.next<Told>('message');
    expect(line.message).toMatchObject({ text: `${alice.user.username} joined`, system: true, _optimistic: true });
    const stored = await alice.next<{ optimisticId: string; realId: string; message: Message }>('message-reconcile');
    expect(stored.optimisticId).toBe(line.message.messageId);
    expect(stored.realId).toBe(stored.message.messageId);
    expect(stored.message).toMatchObject({ username: 'system', text: `${alice.user.username} joined` });
    expect(await stage.messages(room)).toEqual([stored.message]);

    await stage.recorder.next(
      `GET /groups/${room}`,
      `POST /messages/${room}/user-bubble-color`,
      filtersOf(alice),
      `GET /messages/${room}/latest?count=100`,
      `POST /groups/${room}/members`,
      `POST /messages/${room}`,
    );
  });

  it('by its databaseId, then by its slug, as the app does, is in one room', async () => {
    const { id: slug, databaseId } = await stage.group();
    const [alice, bob] = [await stage.user('Alice'), await stage.user('Bob')];
    stage.recorder.fresh();
    await join(alice, databaseId);
    await stage.recorder.next(
      `GET /groups/${databaseId}`,
      filtersOf(alice),
      `GET /messages/${databaseId}/latest?count=100`,
      `POST /groups/${databaseId}/members`,
      `POST /messages/${databaseId}`,
    );
    alice.say(databaseId, 'by the databaseId');
    const told = await alice.next<Told>('message');
    expect(told.message).toMatchObject({ roomId: slug, groupId: slug });

    alice.join(slug);
    const { messages } = await alice.next<History>('message-history');
    expect(messages.map(({ text }) => text)).toEqual([`${alice.user.username} joined`, 'by the databaseId']);
    // Under another id she is new to the socket server, and announced again.
    if (slug !== databaseId) await alice.next('message-reconcile');
    expect((await join(bob, slug)).messages.slice(0, 2)).toEqual(messages);
    bob.say(slug, 'by the slug');
    const seen = await bob.next<Told>('message');
    alice.emit('react-message', { groupId: databaseId, messageId: seen.message.messageId, emoji: '👋' });
    const { reactions } = await alice.next<ReactionResult>('message-reaction');
    expect(Object.keys(reactions)).toEqual([alice.user.userId]);
    expect((await stage.messages(databaseId)).at(-1)).toMatchObject({ text: 'by the slug', reactions });
    expect(await stage.messages(slug)).toEqual(await stage.messages(databaseId));
  });

  it('again gets the history, but is not announced twice', async () => {
    const { room, alice, bob } = await talk(stage);
    await say(room, [bob, alice], 'hello');
    stage.recorder.fresh();
    alice.join(room);
    expect((await alice.next<History>('message-history')).messages).toMatchObject([{ text: 'hello' }]);
    await alice.next('presence:online');
    expect(bob.waiting('user-joined')).toBe(0);
    // The group is known for ten seconds.
    await stage.recorder.next(
      `POST /messages/${room}/user-bubble-color`,
      filtersOf(alice),
      `GET /messages/${room}/latest?count=100`,
    );
  });

  it('that does not exist is told so, and nothing else is asked', async () => {
    const alice = await stage.user('Alice');
    stage.recorder.fresh();
    alice.join('nobody-knows-this-room');
    expect(await alice.next('error')).toEqual({ message: 'Group not found' });
    const [call] = await stage.recorder.next('GET /groups/nobody-knows-this-room');
    expect(call!.status).toBe(404);
  });
});

describe('a user who leaves a group', () => {
  it('is a member no more, and a line says so', async () => {
    const { room, alice, bob } = await talk(stage);
    const { userId, username } = alice.user;
    alice.emit('leave', { groupId: room });
    expect(await bob.next('user-left')).toEqual({ groupId: room, userId, username });
    expect(await bob.next('user-list')).toEqual({ groupId: room, users: [bob.user] });
    expect((await bob.next<Told>('message')).message.text).toBe(`${username} left`);
    await bob.next('message-reconcile');
    const [remove, line] = await stage.recorder.next(
      `DELETE /groups/${room}/members/${username}`,
      `POST /messages/${room}`,
    );
    expect([remove!.status, line!.status]).toEqual([200, 200]);
  });

  it('by going away stays a member, and a line says that he left', async () => {
    const { room, alice, bob } = await talk(stage);
    alice.close();
    expect((await bob.next<Told>('message')).message.text).toBe(`${alice.user.username} left`);
    await bob.next('message-reconcile');
    await stage.recorder.next(`POST /messages/${room}`);
  });
});
