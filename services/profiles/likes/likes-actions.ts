import { Fault, invalid } from '#shared/errors.ts';
import { read, write } from '#services/profiles/action.ts';
import { likesContract } from '#services/profiles/likes/likes.contract.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';

type Pair = { from?: string | null; to?: string | null };

/** Both names by their keys. Throws 400 unless they are two. */
function pairOf({ from, to }: Pair): { fromLc: string; toLc: string } {
  const [fromLc, toLc] = [usernameKey(from ?? ''), usernameKey(to ?? '')];
  if (!fromLc || !toLc || fromLc === toLc) throw new Fault('like_invalid');
  return { fromLc, toLc };
}

function keyOf(user: string): string {
  const key = usernameKey(user);
  if (!key) throw invalid('user', 'must not be blank');
  return key;
}

export const likesActions = {
  like: write(likesContract.like, async function like(ctx) {
    const pair = pairOf(ctx.params);
    const at = ctx.params.at ?? Date.now();
    await this.repositories.likes.put({ ...pair, at });
    return { from: pair.fromLc, to: pair.toLc, at };
  }),
  unlike: write(likesContract.unlike, async function unlike(ctx) {
    const { fromLc, toLc } = pairOf(ctx.params);
    return { removed: await this.repositories.likes.delete(fromLc, toLc) };
  }),
  likesIncoming: read(likesContract.likesIncoming, async function likesIncoming(ctx) {
    const likes = await this.repositories.likes.incoming(keyOf(ctx.params.user));
    return likes.map(({ fromLc, at }) => ({ from: fromLc, at }));
  }),
  likesOutgoing: read(likesContract.likesOutgoing, async function likesOutgoing(ctx) {
    const likes = await this.repositories.likes.outgoing(keyOf(ctx.params.user));
    return likes.map(({ toLc, at }) => ({ to: toLc, at }));
  }),
};
