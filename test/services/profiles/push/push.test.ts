import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import webPush from 'web-push';
import { eventOf } from '#shared/events/envelope.ts';
import { messageCreated } from '#shared/events/room-events.ts';
import { DmPushes } from '#services/profiles/push/dm-pushes.ts';
import { Pushes } from '#services/profiles/push/pushes.ts';
import { Sender } from '#services/profiles/push/sender.ts';
import { SubscriptionsRepository } from '#services/profiles/push/subscriptions.repository.ts';
import { ProfilesRepository } from '#services/profiles/profiles.repository.ts';
import { CERTIFICATE, PushService } from '#test/services/profiles/push/push-service.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

const NOTICE = { title: 'Ann', body: 'At eight?', url: '/dm/Ann', tag: 'm1' };
const VAPID = webPush.generateVAPIDKeys();
const ENV = {
  VAPID_PUBLIC_KEY: VAPID.publicKey,
  VAPID_PRIVATE_KEY: VAPID.privateKey,
  PUSH_PRIVATE_ADDRESSES: 'true',
  KAFKA_BOOTSTRAP: '127.0.0.1:9',
};

const service = new PushService();
const stopping = new AbortController();
let database: TestDatabase;
let subscriptions: SubscriptionsRepository;
let sender: Sender;
let pushes: Pushes;

beforeAll(async () => {
  [database] = await Promise.all([testDatabase(), service.start()]);
  subscriptions = new SubscriptionsRepository(database.db);
  await subscriptions.ensureIndexes();
  sender = new Sender(database.config(ENV), { ca: CERTIFICATE });
  pushes = new Pushes(sender, subscriptions, stopping.signal);
});
afterAll(async () => {
  sender.close();
  await Promise.all([database.drop(), service.stop()]);
});
beforeEach(async () => {
  service.reset();
  await database.db.collection('push_subscriptions').deleteMany({});
});

const subscribe = async (name: string, userId?: string): Promise<string> => {
  const { endpoint, keys } = service.device(name);
  await subscriptions.keep(endpoint, keys, userId, Date.now());
  return endpoint;
};
const stored = () => database.db.collection('push_subscriptions').find().toArray();

describe('a notification', () => {
  it('comes encrypted and signed to all devices of its user, and to nobody else’s', async () => {
    await subscribe('phone', 'u_ben');
    await subscribe('laptop', 'u_ben');
    await subscribe('other', 'u_cat');
    await subscribe('shared');
    expect(await pushes.toUser('u_ben', NOTICE)).toEqual({ sent: 2, failed: 0 });
    expect(service.deliveries.map(({ device }) => device).sort()).toEqual(['laptop', 'phone']);
    const [{ headers, notice }] = service.deliveries as [(typeof service.deliveries)[number]];
    expect(notice).toEqual(NOTICE);
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', ttl: '86400' });
    expect(headers.authorization).toMatch(new RegExp(`^vapid t=\\S+, k=${VAPID.publicKey}$`));
    expect(await pushes.toUser(null, NOTICE)).toEqual({ sent: 1, failed: 0 });
    expect(service.deliveries.at(-1)).toMatchObject({ device: 'shared' });
  });

  it.each([404, 410])('is the last to a device whose push service answers %i', async (status) => {
    await subscribe('old', 'u_ben');
    service.answers.set('old', [status]);
    expect(await pushes.toUser('u_ben', NOTICE)).toEqual({ sent: 0, failed: 1 });
    expect(await stored()).toEqual([]);
  });

  it('is tried again after a failure, and then its device is left alone for longer each time', async () => {
    await subscribe('slow', 'u_ben');
    service.answers.set('slow', [503, 429]);
    expect(await pushes.toUser('u_ben', NOTICE, [1, 1])).toEqual({ sent: 1, failed: 0 });
    service.answers.set('slow', [500, 500]);
    expect(await pushes.toUser('u_ben', NOTICE, [1])).toEqual({ sent: 0, failed: 1 });
    expect(await stored()).toMatchObject([{ failures: 1, notBefore: expect.any(Number) }]);
    expect(await pushes.toUser('u_ben', NOTICE, [])).toEqual({ sent: 0, failed: 0 });
    const [first] = await subscriptions.of('u_ben', Date.now() + 60_000);
    await subscriptions.failed(first!, Date.now());
    const [second] = await stored();
    expect(second!.notBefore - Date.now()).toBeGreaterThan(50_000);
    for (let n = 2; n < 12; n++) await subscriptions.failed({ ...first!, failures: n }, Date.now());
    expect(await stored()).toEqual([]);
  });

  it('goes nowhere within the private network, unless that is allowed', async () => {
    await subscribe('inside', 'u_ben');
    const careful = new Sender(database.config({ ...ENV, PUSH_PRIVATE_ADDRESSES: 'false' }), { ca: CERTIFICATE });
    const [inside] = await subscriptions.of('u_ben', Date.now());
    expect(await careful.send(inside!, NOTICE)).toBe('gone');
    // As a name that points here, which only shows when it is looked up.
    const named = { ...inside!, endpoint: inside!.endpoint.replace('127.0.0.1', 'localhost.localdomain') };
    expect(await careful.send(named, NOTICE)).toBe('failed');
    careful.close();
    expect(service.deliveries).toEqual([]);
  });

  it('to a device whose keys are none is given up', async () => {
    const { endpoint } = service.device('broken');
    await subscriptions.keep(endpoint, { p256dh: 'a', auth: 'b' }, 'u_ben', 1);
    expect(await pushes.toUser('u_ben', NOTICE)).toEqual({ sent: 0, failed: 1 });
    expect(await stored()).toEqual([]);
  });
});

describe('a subscription', () => {
  it('is one for each endpoint, of who subscribed last, also beside those of older databases', async () => {
    const { endpoint, keys } = service.device('twice');
    const old = { endpoint, keys };
    await database.db.collection('push_subscriptions').insertMany([{ ...old }, { ...old }]);
    await Promise.all(['u_ann', 'u_ben'].map((userId) => subscriptions.keep(endpoint, keys, userId, Date.now())));
    await subscriptions.keep(endpoint, keys, 'u_cat', Date.now());
    expect(await stored()).toMatchObject([{ endpoint, userId: 'u_cat' }]);
    await subscriptions.remove(endpoint, 'u_ann');
    expect(await stored()).toHaveLength(1);
    await subscriptions.remove(endpoint, 'u_cat');
    expect(await stored()).toEqual([]);
  });

  it('is one of 20 that a user has at most, the newest', async () => {
    for (let n = 0; n < 22; n++) await subscriptions.keep(`https://push.example.com/${n}`, {}, 'u_ann', n);
    const kept = await stored();
    expect(kept).toHaveLength(20);
    expect(Math.min(...kept.map(({ updatedAt }) => updatedAt as number))).toBe(2);
  });
});

const listenerWith = (env: Record<string, string>) =>
  new DmPushes({
    config: database.config({ ...ENV, ...env }),
    logger: { debug() {}, info() {}, warn() {} },
    profiles: new ProfilesRepository(database.db),
    pushes,
  });

describe('the event of a new message', () => {
  const DM = 'dm:ann|ben';
  let listener: DmPushes;
  const offsets = { topic: 'tm.messages', partition: 0, key: DM, headers: {}, timestamp: 0 };

  function created(id: string, more: Partial<(typeof messageCreated)['example']['data']> = {}, room = DM) {
    const base = messageCreated.example.data;
    const data = {
      ...base,
      room,
      groupId: room,
      messageId: id,
      op: { messageId: id },
      username: 'Ann',
      createdAt: Date.now(),
      ...more,
    };
    return Buffer.from(
      JSON.stringify(eventOf(messageCreated, { id: `${room}:${id}`, subject: room, at: Date.now() }, data)),
    );
  }
  const take = (listening: DmPushes, ...values: (Buffer | null)[]) =>
    listening.take({ messages: values.map((value, offset) => ({ ...offsets, offset, value })) });

  beforeAll(async () => {
    await database.db.collection('profiles').insertMany([
      { userId: 'u_ann', username: 'Ann', usernameLower: 'ann' },
      { userId: 'u_ben', username: 'Benjamin', usernameLower: 'benjamin', names: ['ben', 'benjamin'] },
    ]);
    listener = listenerWith({});
  });

  it('notifies the other participant, under whatever name he goes now, once', async () => {
    await subscribe('bens', 'u_ben');
    await subscribe('anns', 'u_ann');
    const value = created('m1', {
      text: 'x'.repeat(500),
      message: { ...messageCreated.example.data.message!, kind: null },
    });
    await take(listener, value, Buffer.from('{'), null, value);
    await take(listener, value);
    await listener.stop();
    expect(service.deliveries).toMatchObject([
      { device: 'bens', notice: { title: 'Ann', body: 'x'.repeat(120), url: '/dm/Ann', tag: 'm1' } },
    ]);
  });

  it('leaves the text out when it is told to', async () => {
    await subscribe('bens', 'u_ben');
    const silent = listenerWith({ PUSH_PREVIEW: 'false' });
    await take(silent, created('m2', { text: 'secret' }));
    await silent.stop();
    expect(service.deliveries).toMatchObject([{ notice: { title: 'Ann', body: 'New message' } }]);
  });

  it('of a group, of a system line, of yesterday or of who is not in the DM notifies nobody', async () => {
    await subscribe('bens', 'u_ben');
    const message = messageCreated.example.data.message!;
    await take(
      listener,
      created('g1', {}, 'hiking'),
      created('m3', { message: { ...message, previewable: undefined } }),
      created('m4', { createdAt: Date.now() - 86_400_000 }),
      created('m5', { username: 'Eve' }),
      created('m6', { username: null }),
    );
    await listener.stop();
    expect(service.deliveries).toEqual([]);
  });
});
