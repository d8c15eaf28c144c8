import type { MessageView } from '#shared/rooms/message.shape.ts';
import { problemsOfRepeat } from '#test/chaos/posts-audit.ts';
import type { Post } from '#test/chaos/posts.ts';
import { send } from '#test/http/support/http.ts';

/** Of each drill so many POSTs with a key are sent once more, spread over all of them. */
const SAMPLE = 40;

/** P7: the same POST with the same key answers the stored message, whatever went wrong since. In words. */
export async function problemsOfRepeats(gateways: readonly string[], posts: readonly Post[]): Promise<string[]> {
  const keyed = posts.filter(({ key, answer }) => key !== undefined && answer.status === 200);
  const every = Math.max(1, Math.floor(keyed.length / SAMPLE));
  const problems: string[] = [];
  for (const [index, post] of keyed.filter((_, n) => n % every === 0).entries()) {
    const { room, text, key } = post;
    const dm = room.startsWith('dm:');
    const answer = await send(gateways[index % gateways.length]!, {
      method: 'POST',
      path: `/api/${dm ? 'dm' : 'messages'}/${encodeURIComponent(room)}${dm ? '/message' : ''}`,
      headers: { 'idempotency-key': key! },
      body: { userId: 'u1', username: 'Ada', text },
    });
    const message = answer.json<MessageView>();
    // It may have been edited since: it is the same message all the same.
    const original = message.edits?.[0]?.previousText ?? message.text;
    const replayed = answer.headers['idempotent-replayed'] === 'true';
    problems.push(
      ...problemsOfRepeat(post, { status: answer.status, replayed, message: { ...message, text: original } }),
    );
  }
  return problems;
}
