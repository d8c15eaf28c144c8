import { describe, expect, it } from '@jest/globals';
import { mediaTypeOf, previewOf } from '#services/messages/preview.ts';
import { message } from '#test/shared/rooms/samples.ts';

const line = (more: object) => previewOf(message('r', 1, more)).previewText;
const voice = (audio: unknown) => previewOf(message('r', 1, { kind: 'audio', text: '', audio }));

describe('the type of media', () => {
  it.each([
    [{ original: 'https://x/a.JPG?w=1#y' }, 'photo'],
    [{ original: 'https://x/a.mp4' }, 'video'],
    [{ original: 'https://x/blob', type: 'video/webm' }, 'video'],
    [{ original: 'https://x/blob', type: 'image' }, 'photo'],
    [{ original: 'https://x/a.pdf' }, 'attachment'],
    [{ original: 'https://x/noextension', mp4: 'https://x/a.mp4' }, 'video'],
    [{ original: 'data:image/png;base64,AAAA' }, 'photo'],
    ['https://x/a.webm', 'video'],
    [{ url: 'https://x/a.png' }, 'photo'],
    [{}, 'attachment'],
    [7, 'attachment'],
    [['a.png'], 'attachment'],
    [null, null],
    [undefined, null],
  ])('%j is %s', (media, type) => {
    expect(mediaTypeOf(media)).toBe(type);
  });
});

describe('a preview', () => {
  it('has every field of the contract', () => {
    expect(previewOf(message('r', 1, { text: '  hello ' }))).toEqual({
      username: 'Alice',
      text: '  hello ',
      previewText: 'hello',
      voiceNote: false,
      kind: null,
      createdAt: message('r', 1).createdAt,
      timestamp: message('r', 1).timestamp,
      hasMedia: false,
      mediaType: null,
      audioDurationMs: null,
    });
  });

  it('names what has no words', () => {
    expect(line({ kind: 'gif', media: { original: 'https://x/a.gif' } })).toBe('GIF');
    expect(line({ kind: 'media', media: { original: 'https://x/a.png' } })).toBe('Photo');
    expect(line({ kind: 'media', media: { original: 'https://x/a.mov' } })).toBe('Video');
    expect(line({ kind: 'media', media: { original: 'https://x/a.zip' } })).toBe('Attachment');
    expect(line({ text: '   ' })).toBeNull();
  });

  it('tells voice notes and how long they are', () => {
    expect(voice({ url: 'x', durationMs: 1_500 })).toMatchObject({
      voiceNote: true,
      audioDurationMs: 1_500,
      previewText: null,
    });
    for (const audio of [null, {}, { durationMs: '9' }, { durationMs: null }, 'x', [1]])
      expect(voice(audio)).toMatchObject({ voiceNote: true, audioDurationMs: null });
    expect(previewOf(message('r', 1, { audio: { url: 'x' } }))).toMatchObject({ voiceNote: true });
  });
});
