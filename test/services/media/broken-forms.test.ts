import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MEDIA_KEY_HEADER } from '#services/media/media.contract.ts';
import { formOf, PIXEL } from '#test/http/support/uploads.ts';
import { MediaStage } from '#test/services/media/support/media-stage.ts';

const stage = new MediaStage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());

const TYPE = 'multipart/form-data; boundary=b';

async function send(body: string, type = TYPE): Promise<unknown[]> {
  const answer = await stage.ask('/uploads/avatar', { method: 'POST', body, headers: { 'content-type': type } });
  const { type: code } = (await answer.json()) as { type: string };
  return [answer.status, code];
}

const PART = '--b\r\nContent-Disposition: form-data; name="avatar"; filename="a"\r\n\r\n';

describe('a form that is none', () => {
  it.each([
    ['another type', '{}', 'application/json'],
    ['no boundary', PART, 'multipart/form-data'],
    ['nothing in it', ''],
    ['text', 'hello'],
    ['an end too early', `${PART}abc`],
    ['an end in its head', '--b\r\nContent-Disposition: form-da'],
    ['no head', '--b\r\n\r\nabc\r\n--b--\r\n'],
    ['a head without end', `--b\r\nX: ${'x'.repeat(100_000)}`],
    ['many fields', `${'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'.repeat(40)}--b--\r\n`],
  ])('is refused: %s', async (_what, body, type = TYPE) => {
    expect(await send(body, type)).toEqual([422, 'validation_failed']);
    expect(stage.temporaryFiles).toEqual([]);
  });
});

/** Descriptors of this process; on other systems than Linux nothing tells them. */
const handles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);

/** Sends the beginning of an upload, and goes away. */
function hangUp(bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(stage.base);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head = `POST /uploads/chat-media HTTP/1.1\r\nHost: x\r\n${MEDIA_KEY_HEADER}: ${stage.server.key}\r\n`;
      socket.write(`${head}Content-Type: ${TYPE}\r\nContent-Length: 5000000\r\n\r\n`);
      socket.write(PART.replace('"avatar"', '"media"'));
      socket.write(bytes, () => socket.destroy());
    });
    socket.on('close', () => resolve());
    socket.on('error', () => resolve());
  });
}

describe('uploads that break off', () => {
  it('leave no file, no descriptor and no connection, however many there were', async () => {
    await Promise.all(Array.from({ length: 20 }, () => hangUp(PIXEL)));
    await sleep(200);
    const before = handles();
    for (let round = 0; round < 10; round++)
      await Promise.all(Array.from({ length: 20 }, (_, n) => hangUp(Buffer.alloc(n * 100_000, 1))));
    const clean = () => stage.temporaryFiles.length === 0 && handles() <= before;
    for (let n = 0; n < 200 && !clean(); n++) await sleep(20);
    expect(stage.temporaryFiles).toEqual([]);
    expect(handles()).toBeLessThanOrEqual(before);
    const { body, headers } = formOf({ field: 'media', bytes: PIXEL });
    const form = { method: 'POST', body: new Uint8Array(body as Buffer), headers: headers as Record<string, string> };
    expect((await stage.ask('/uploads/chat-media', form)).status).toBe(200);
  });
});
