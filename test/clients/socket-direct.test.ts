import { describe, expect, it } from '@jest/globals';
import type { ChatClient } from '#test/clients/socket-client.ts';
import { newMessage } from '#test/clients/support/shapes.ts';
import { useStage } from '#test/clients/support/stage.ts';
import type { Message, ReactionResult, Thread } from '#test/clients/support/types.ts';

const stage = useStage();

interface Told {
  dmId: string;
  message: Message & { dmId: string; localId: string };
}

/** As the app makes it: lowercase names in order. */
const dmOf = (...clients: ChatClient[]): string =>
  `dm:${clients
    .map(({ user }) => user.username.toLowerCase())
    .sort()
    .join('|')}`;

const filtersOf = ({ user }: ChatClient) => `GET /users/${user.userId}/message-filters`;

async function open(client: ChatClient, dmId: string, peer: ChatClient): Promise<Message[]> {
  client.emit('dm:join', { dmId, ...client.user, peerName: peer.user.username });
  await client.next('dm:participants');
  return (await client.next<{ messages: Message[] }>('dm:history')).messages;
}

/** What `from` says, as both receive it. */
async function say(dmId: string, [from, to]: [ChatClient, ChatClient], text: string, more = {}) {
  const localId = `local-${text}`;
  from.emit('dm:message', { dmId, text, localId, ...more });
  const told = await from.next<Told>('dm:message');
  expect(told).toMatchObject({ dmId, message: { dmId, localId, text } });
  expect(await to.next('dm:message')).toEqual(told);
  return told.message;
}

/** Two users with their thread open; the calls so far are not asked for again. */
async function talk() {
  const [alice, bob] = [await stage.user('Alice'), await stage.user('Bob')];
  const dmId = dmOf(alice, bob);
  for (const [client, peer] of [
    [alice, bob],
    [bob, alice],
  ] as const)
    await open(client, dmId, peer);
  for (const client of [alice, bob]) client.forget();
  stage.recorder.fresh();
  return { dmId, room: `/messages/${encodeURIComponent(dmId)}`, alice, bob };
}

describe('two users in a DM', () => {
  it('open it, talk, and find it all again', async () => {
    const [alice, bob] = [await stage.user('Alice'), await stage.user('Bob')];
    const dmId = dmOf(alice, bob);
    const room = `/messages/${encodeURIComponent(dmId)}`;
    stage.recorder.fresh();
    expect(await open(alice, dmId, bob)).toEqual([]);
    await stage.recorder.next(filtersOf(alice), `GET ${room}/latest?count=100`);

    // Bob has not opened the thread: it comes all the same.
    const message = await say(dmId, [alice, bob], 'Psst');
    const { userId, username } = alice.user;
    expect(message).toMatchObject(newMessage(dmId, { userId, username, text: 'Psst' }));
    await stage.recorder.next(`POST ${room}`);
    expect(await open(bob, dmId, alice)).toMatchObject([{ messageId: message.messageId, dmId, text: 'Psst' }]);
  });

  it('share one thread under every spelling of its id, and on both paths of the API', async () => {
    const { dmId, alice, bob } = await talk();
    const other = `dm:${bob.user.username}|${alice.user.username.toUpperCase()}`;
    await open(bob, other, alice);
    await say(dmId, [alice, bob], 'one');
    await say(other, [bob, alice], 'two');
    expect((await stage.messages(other)).map(({ text }) => text)).toEqual(['one', 'two']);
    const direct = await fetch(`${stage.gateway.url}/api/dm/${encodeURIComponent(dmId)}/latest`);
    expect(await direct.json()).toEqual(await stage.messages(dmId));
  });

  it('keep pictures as sent', async () => {
    const { dmId, alice, bob } = await talk();
    const media = { original: 'https://media.example.com/a.mp4', width: 640, height: 360, type: 'video' };
    expect(await say(dmId, [alice, bob], media.original, { kind: 'media', media })).toMatchObject({ media });
    expect((await stage.messages(dmId)).at(-1)!.media).toEqual(media);
  });

  it('reply to what was said just now; what is unknown is not quoted', async () => {
    const { dmId, room, alice, bob } = await talk();
    const { messageId, username, timestamp } = await say(dmId, [alice, bob], 'Tea?');
    stage.recorder.fresh();
    const reply = await say(dmId, [bob, alice], 'Yes', { replyToMessageId: messageId });
    expect(reply.replyTo).toMatchObject({ messageId, username, timestamp, text: 'Tea?' });
    await stage.recorder.next(`GET ${room}/by-id/${messageId}`, `POST ${room}`);

    const unknown = messageId.replaceAll(/[0-9a-f]/g, '0');
    expect((await say(dmId, [bob, alice], 'What?', { replyToMessageId: unknown })).replyTo).toBeNull();
    expect(await bob.next('reply-warn')).toMatchObject({ message: 'Original message not found' });
    await stage.recorder.next(`GET ${room}/by-id/${unknown}`, `GET ${room}/latest?count=100`, `POST ${room}`);
  });

  it('delete what they said just now, and only that', async () => {
    const { dmId, room, alice, bob } = await talk();
    const { messageId } = await say(dmId, [alice, bob], 'Oops');
    stage.recorder.fresh();
    bob.emit('dm:delete', { dmId, target: { messageId } });
    expect(await bob.next('dm:delete-error')).toMatchObject({ dmId });
    await stage.recorder.next(`GET ${room}/by-id/${messageId}`);

    alice.emit('dm:delete', { dmId, target: { messageId } });
    expect(await bob.next('dm:delete')).toMatchObject({ dmId, messageId });
    await stage.recorder.next(`GET ${room}/by-id/${messageId}`, `DELETE ${room}/${messageId}`);
    expect(await stage.messages(dmId)).toMatchObject([{ messageId, deleted: true, text: '' }]);
  });

  it('react', async () => {
    const { dmId, room, alice, bob } = await talk();
    const { messageId } = await say(dmId, [alice, bob], 'We won');
    stage.recorder.fresh();
    bob.emit('dm:react', { dmId, messageId, emoji: '🎉' });
    const { userId, username } = bob.user;
    const reaction = { emoji: '🎉', at: expect.any(Number), userId, username };
    const reacted = await alice.next<ReactionResult>('dm:reaction');
    expect(reacted).toMatchObject({ dmId, messageId, summary: { totalCount: 1, mostRecent: reaction } });
    expect(reacted.reactions).toEqual({ [userId]: reaction });
    await stage.recorder.next(`POST ${room}/${messageId}/reactions`);
  });

  it('cannot edit: the socket server does not wait for what it looks up', async () => {
    const { dmId, room, alice, bob } = await talk();
    const { messageId } = await say(dmId, [alice, bob], 'Tee?');
    stage.recorder.fresh();
    alice.emit('dm:edit', { dmId, messageId, newText: 'Tea?' });
    await alice.next('dm:edit-error');
    const [call] = await stage.recorder.next(`GET ${room}/by-id/${messageId}`);
    expect(call!.status).toBe(200);
  });

  it('see each other type, without a call', async () => {
    const { dmId, alice, bob } = await talk();
    alice.emit('dm:typing', { dmId, typing: true });
    expect(await bob.next('dm:typing')).toEqual({ dmId, typing: true, username: alice.user.username });
    alice.emit('presence:ping', {});
    expect(await bob.next('presence:online')).toEqual({ userId: alice.user.userId });
    await stage.recorder.next();
  });
});

describe('a user who comes back', () => {
  it('gets his threads with their newest messages, newest first, at once', async () => {
    const [alice, bob, carol] = [await stage.user('Alice'), await stage.user('Bob'), await stage.user('Carol')];
    const [withBob, withCarol] = [dmOf(alice, bob), dmOf(alice, carol)];
    const older = await say(withBob, [bob, alice], 'hello');
    const newer = await say(withCarol, [carol, alice], 'hi');
    stage.recorder.fresh();
    alice.emit('session:register', alice.user);
    const { threads } = await alice.next<{ threads: Thread[] }>('dm:threads');
    expect(threads).toMatchObject([
      { dmId: withCarol, latest: newer.createdAt, last: { messageId: newer.messageId, text: 'hi' } },
      { dmId: withBob, latest: older.createdAt, last: { messageId: older.messageId, text: 'hello' } },
    ]);
    await stage.recorder.next(
      `GET /dating/likes/incoming?user=${alice.user.username}`,
      `GET /dm/threads?user=${alice.user.username.toLowerCase()}`,
    );
  });
});

describe('dating by socket', () => {
  it('tells the one who is liked', async () => {
    const [alice, bob] = [await stage.user('Alice'), await stage.user('Bob')];
    const from = alice.user.username;
    const to = bob.user.username;
    stage.recorder.fresh();
    alice.emit('dating:like', { to });
    expect(await bob.next('dating:liked')).toMatchObject({ from });
    const [like] = await stage.recorder.next('POST /dating/likes', `GET /dating/profiles/batch?users=${from}`);
    expect(like!.status).toBe(200);
    expect(JSON.parse(like!.body)).toEqual({ from, to });
    alice.emit('dating:unlike', { to });
    expect(await bob.next('dating:unliked')).toMatchObject({ from });
    const [unlike] = await stage.recorder.next('DELETE /dating/likes', `GET /dating/profiles/batch?users=${from}`);
    expect(unlike!.status).toBe(200);
    expect(JSON.parse(unlike!.body)).toEqual({ from, to });
    alice.emit('dating:profile:update', {});
    expect(await bob.next('dating:profile-updated')).toMatchObject({ username: from });
    await stage.recorder.next(`GET /dating/profiles/batch?users=${from}`);
  });
});

describe('filters', () => {
  it('are asked for again with the history, for groups and DMs', async () => {
    const { dmId, room, alice } = await talk();
    alice.emit('filters:refresh', { groupId: dmId });
    await alice.next('filters:snapshot');
    const [call] = await stage.recorder.next(filtersOf(alice));
    expect(call!.status).toBe(200);
    alice.emit('filters:refresh', { groupId: dmId, includeHistory: true });
    expect(await alice.next('dm:history')).toMatchObject({ dmId });
    await stage.recorder.next(filtersOf(alice), `GET ${room}/latest?count=100`);
    alice.emit('filters:refresh', { groupId: 'anywhere', includeHistory: true });
    expect(await alice.next('message-history')).toEqual({ groupId: 'anywhere', messages: [] });
    await stage.recorder.next(filtersOf(alice), 'GET /messages/anywhere/latest?count=100');
  });

  it('hide what somebody says from then on, until they are taken off', async () => {
    const { dmId, alice, bob } = await talk();
    const before = await say(dmId, [bob, alice], 'Before');
    // As the app does it, past the socket server.
    const url = `${stage.gateway.url}/api/users/${alice.user.userId}/message-filters`;
    const change = (method: string) =>
      fetch(url, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ groupId: dmId, username: bob.user.username }),
      });
    const shown = async (): Promise<string[]> => {
      alice.emit('filters:refresh', { groupId: dmId, includeHistory: true });
      const { messages } = await alice.next<{ messages: Message[] }>('dm:history');
      return messages.map(({ text }) => text);
    };
    const { items } = (await (await change('POST')).json()) as { items: { createdAt: number }[] };
    const since = items[0]!.createdAt;
    const said = [before];
    // The clock that messages are stamped with may be some ms behind that of the filter.
    for (let count = 1; said.at(-1)!.createdAt < since; count += 1)
      said.push(await say(dmId, [bob, alice], `After ${count}`));
    const hidden = said.pop()!;
    expect(await shown()).toEqual(said.map(({ text }) => text));
    expect((await change('DELETE')).status).toBe(200);
    expect(await shown()).toEqual([...said, hidden].map(({ text }) => text));
  });
});
