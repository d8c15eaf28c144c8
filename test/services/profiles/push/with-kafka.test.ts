import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import webPush from 'web-push';
import { ask, type Cast, type Player, startCast, stopCast } from '#test/http/support/cast.ts';
import { hangUp } from '#test/http/support/http.ts';
import { CERTIFICATE, PushService } from '#test/services/profiles/push/push-service.ts';
import { startKafka, type TestKafka } from '#test/support/kafka.ts';

const service = new PushService();
const folder = mkdtempSync(join(tmpdir(), 'truematch-push-'));
let kafka: TestKafka;
let cast: Cast;

beforeAll(async () => {
  const certificate = join(folder, 'push.pem');
  writeFileSync(certificate, CERTIFICATE);
  [kafka] = await Promise.all([startKafka(), service.start()]);
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  cast = await startCast('strict', {
    KAFKA_ENABLED: 'true',
    KAFKA_BOOTSTRAP: kafka.bootstrap,
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: privateKey,
    PUSH_PRIVATE_ADDRESSES: 'true',
    NODE_EXTRA_CA_CERTS: certificate,
  });
}, 120_000);
afterAll(async () => {
  hangUp();
  await stopCast(cast);
  await Promise.all([kafka.stop(), service.stop()]);
  rmSync(folder, { recursive: true });
}, 60_000);

it('the other participant of a DM is notified of a new message on his devices, and nobody else', async () => {
  const { ann, ben, cat } = cast;
  const post = ({ authorization }: Player, path: string, body: object) =>
    ask(cast, authorization, { method: 'POST', path, body });
  for (const [player, name] of [
    [ann, 'anns'],
    [ben, 'bens'],
    [cat, 'cats'],
  ] as const)
    expect((await post(player, '/api/push/subscribe', service.device(name))).status).toBe(200);
  const room = encodeURIComponent(`dm:${ann.username}|${ben.username}`);
  // What is said before the listener has joined its group is no news to it: say something until it is heard.
  for (let n = 1; service.deliveries.length === 0 && n <= 120; n++) {
    expect((await post(ann, `/api/dm/${room}/message`, { text: `hello ${n}` })).status).toBe(200);
    await sleep(500);
  }
  expect(new Set(service.deliveries.map(({ device }) => device))).toEqual(new Set(['bens']));
  const { notice } = service.deliveries[0]!;
  expect(notice).toMatchObject({ title: ann.username, body: expect.stringMatching(/^hello \d+$/) });
}, 90_000);
