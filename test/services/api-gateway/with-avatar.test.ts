import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Fault } from '#shared/errors.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

const stage = new Stage({ PUBLIC_URL: 'https://api.example.com/' });
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => stage.reset());

let n = 0;
/** Another one each time, so that none is remembered. */
const dataUrl = (): string => `data:image/png;base64,${n++}`;

const sendMessage = async (avatar: string): Promise<unknown> => {
  await stage.send('POST', '/api/messages/fun-room', { username: 'alice', avatar });
  return stage.callsOf('messages.create').at(-1)!.avatar;
};
const away = () => {
  throw new Fault('service_unavailable');
};

describe('a data URL in a body', () => {
  it('becomes a whole URL, asked for once', async () => {
    stage.answers['media.avatar'] = () => ({ url: '/media/a.webp' });
    const avatar = dataUrl();
    const url = 'https://api.example.com/media/a.webp';
    expect([await sendMessage(avatar), await sendMessage(avatar)]).toEqual([url, url]);
    await stage.send('POST', '/api/groups', { name: 'Fun', avatarUrl: avatar });
    expect(stage.callsOf('groups.create').at(-1)!.avatarUrl).toBe(url);
    expect(stage.callsOf('media.avatar')).toHaveLength(1);
  });

  it.each(['service_unavailable', 'media_store_failed'] as const)('stays as it was sent on %s', async (code) => {
    stage.answers['media.avatar'] = () => {
      throw new Fault(code);
    };
    const avatar = dataUrl();
    expect(await sendMessage(avatar)).toBe(avatar);
    await stage.send('POST', '/api/groups', { name: 'Fun', avatarUrl: avatar });
    expect(stage.callsOf('groups.create').at(-1)!.avatarUrl).toBe(avatar);
  });

  it('that is no picture is null in a message, and refuses a group', async () => {
    stage.answers['media.avatar'] = () => {
      throw new Fault('file_broken');
    };
    expect(await sendMessage(dataUrl())).toBeNull();
    const answer = await stage.send('POST', '/api/groups', { name: 'Fun', avatarUrl: dataUrl() });
    expect(answer.status).toBe(422);
    expect(stage.callsOf('groups.create')).toEqual([]);
  });

  it('is all that is asked about', async () => {
    stage.answers['media.avatar'] = away;
    expect(await sendMessage('https://x.example/a.png')).toBe('https://x.example/a.png');
    await stage.send('POST', '/api/messages/fun-room', { username: 'alice' });
    expect(stage.callsOf('media.avatar')).toEqual([]);
  });
});

it('an upload while no media service runs is 503', async () => {
  stage.answers['media.locate'] = away;
  const form = new FormData();
  form.append('avatar', new Blob(['x']), 'x.png');
  const answer = await fetch(stage.url('/api/uploads/avatar'), { method: 'POST', body: form });
  expect([answer.status, (await answer.json()) as object]).toEqual([
    503,
    expect.objectContaining({ code: 'service_unavailable' }),
  ]);
});
