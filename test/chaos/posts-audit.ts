import type { Message } from '#shared/room-log/types.ts';
import type { Post } from '#test/chaos/posts.ts';

/** What a client may be told besides 200, and what it may make of it (P8). */
const UNKNOWN = (post: Post) => post.answer.status === 0 || post.answer.code === 'outcome_unknown';

/**
 * Holds what clients were told against what is stored: acknowledged once, refused never, unknown once or never; a 503
 * says when to try again, and there are no other refusals but 503 and 504. Answers what is wrong, in words.
 */
export function problemsOfPosts(
  posts: readonly Post[],
  stored: readonly Pick<Message, 'text' | 'messageId' | 'seq'>[],
): string[] {
  const problems: string[] = [];
  const byText = Map.groupBy(stored, ({ text }) => text);
  for (const post of posts) {
    const { text, answer } = post;
    const found = byText.get(text) ?? [];
    if (found.length > 1) problems.push(`stored ${found.length} times: ${text}`);
    if (answer.status === 200) {
      const [only] = found;
      if (!only) problems.push(`acknowledged and lost: ${text}`);
      else if (only.messageId !== answer.message?.messageId || only.seq !== answer.message.seq)
        problems.push(`answered as another message than it is stored: ${text}`);
      continue;
    }
    if (![0, 503, 504].includes(answer.status))
      problems.push(`answered ${answer.status} ${answer.code ?? ''}: ${text}`);
    if (answer.status === 503 && !answer.retryAfter) problems.push(`503 without Retry-After: ${text}`);
    if (!UNKNOWN(post) && found.length > 0) problems.push(`refused as ${answer.code} and yet stored: ${text}`);
  }
  return problems;
}

/** A repeat under a key answers the stored message: the one that was acknowledged, where one was. */
export function problemsOfRepeat({ text, answer: first }: Post, again: Post['answer']): string[] {
  if (again.status !== 200) return [`a repeat was answered ${again.status} ${again.code ?? ''}: ${text}`];
  if (again.message?.text !== text) return [`a repeat was answered with another message: ${text}`];
  if (first.status !== 200) return [];
  if (again.message.messageId !== first.message?.messageId || again.message.seq !== first.message.seq)
    return [`a repeat was answered with another message: ${text}`];
  return again.replayed ? [] : [`a repeat was not told as one: ${text}`];
}
