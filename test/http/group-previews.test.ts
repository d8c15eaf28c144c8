import { describe, expect, it } from '@jest/globals';
import { useApi } from '#test/http/support/api.ts';
import { createGroup, getGroup } from '#test/http/support/groups.ts';
import { at, say, unique } from '#test/http/support/rooms.ts';

const api = useApi();

describe('a group', () => {
  it('shows its newest message, passing over deleted ones and system lines', async () => {
    const id = unique('preview');
    await createGroup(api, { id, name: 'One' });
    const text = await say(api, id, { username: 'Ada', text: '  hello  ' });
    const preview = {
      username: 'Ada',
      text: '  hello  ',
      previewText: 'hello',
      voiceNote: false,
      kind: null,
      createdAt: text.createdAt,
      timestamp: text.timestamp,
      hasMedia: false,
      mediaType: null,
      audioDurationMs: null,
    };
    const shown = { lastMessagePreview: preview, lastMessageAt: text.createdAt, lastActiveAt: text.createdAt };
    expect(await getGroup(api, id)).toMatchObject({ ...shown, summaryFetchedAt: expect.any(Number) });

    await say(api, id, { username: 'System', text: 'Ada left' });
    await say(api, id, { username: 'Ada', text: 'left', system: true });
    await say(api, id, { username: 'Ada', text: 'left', systemType: 'left' });
    const gone = await say(api, id, { username: 'Ada', text: 'gone' });
    await api.delete(`${at(id)}/${gone.messageId}`);
    expect(await getGroup(api, id)).toMatchObject(shown);

    await say(api, id, { username: 'Ada', text: 'u', kind: 'gif', media: { original: 'https://x.example/a.gif' } });
    expect((await getGroup(api, id)).lastMessagePreview).toMatchObject({
      previewText: 'GIF',
      kind: 'gif',
      hasMedia: true,
    });
    await say(api, id, { username: 'Ada', media: { original: 'https://x.example/a.mp4?x=1' }, kind: 'media' });
    expect((await getGroup(api, id)).lastMessagePreview).toMatchObject({ previewText: 'Video', mediaType: 'video' });
    await say(api, id, { username: 'Ada', media: { original: 'https://x.example/a.jpg' }, kind: 'media' });
    expect((await getGroup(api, id)).lastMessagePreview).toMatchObject({ previewText: 'Photo', mediaType: 'photo' });
    await say(api, id, { username: 'Ada', audio: { url: 'x', durationMs: 4_200 }, kind: 'audio' });
    expect((await getGroup(api, id)).lastMessagePreview).toMatchObject({ voiceNote: true, audioDurationMs: 4_200 });
  });
});
