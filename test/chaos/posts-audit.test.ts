import { describe, expect, it } from '@jest/globals';
import type { Post, PostAnswer } from '#test/chaos/posts.ts';
import { problemsOfPosts, problemsOfRepeat } from '#test/chaos/posts-audit.ts';

const stored = { messageId: 'm1', seq: 1, text: 'hello' };
const acknowledged: PostAnswer = { status: 200, replayed: false, message: stored };
const refused = (code: string, status = 503): PostAnswer => ({ status, code, retryAfter: '1', replayed: false });
const post = (answer: PostAnswer, text = 'hello'): Post => ({ room: 'room', text, answer });

describe('the check of what clients were told', () => {
  it('is content when acknowledged is there, refused is not, and unknown is either', () => {
    const posts = [
      post(acknowledged),
      post(refused('not_stored'), 'never'),
      post(refused('service_timeout', 504), 'never either'),
      post(refused('outcome_unknown')),
      post(refused('outcome_unknown'), 'not this time'),
      post({ status: 0, replayed: false }),
    ];
    expect(problemsOfPosts(posts, [stored])).toEqual([]);
  });

  it.each<[string, Post, (typeof stored)[]]>([
    ['a lost message', post(acknowledged), []],
    ['a doubled message', post(acknowledged), [stored, { ...stored, messageId: 'm2', seq: 2 }]],
    ['a doubled message of which nobody knew', post(refused('outcome_unknown')), [stored, { ...stored, seq: 2 }]],
    ['another message than was answered', post(acknowledged), [{ ...stored, messageId: 'm2' }]],
    ['another place than was answered', post(acknowledged), [{ ...stored, seq: 2 }]],
    ['a refused message that is stored', post(refused('not_stored')), [stored]],
    ['a timed out message that is stored', post(refused('service_timeout', 504)), [stored]],
    ['a bug', post(refused('internal', 500), 'x'), []],
    ['a client without an answer', post({ status: -1, replayed: false }), []],
    ['a 503 that does not say when to try again', post({ status: 503, code: 'not_stored', replayed: false }, 'x'), []],
  ])('finds %s', (_name, one, messages) => {
    expect(problemsOfPosts([one], messages)).toHaveLength(1);
  });
});

describe('the check of a repeat', () => {
  it('is content with the stored message', () => {
    expect(problemsOfRepeat(post(acknowledged), { ...acknowledged, replayed: true })).toEqual([]);
    expect(problemsOfRepeat(post({ status: 0, replayed: false }), acknowledged)).toEqual([]);
  });

  it('finds a refusal, another message, and one that is not told as a repeat', () => {
    const other = { ...acknowledged, replayed: true, message: { ...stored, messageId: 'm2' } };
    for (const again of [refused('not_stored'), acknowledged, other])
      expect(problemsOfRepeat(post(acknowledged), again)).toHaveLength(1);
    const wrong = { ...acknowledged, message: { ...stored, text: 'other' } };
    expect(problemsOfRepeat(post({ status: 0, replayed: false }), wrong)).toHaveLength(1);
  });
});
