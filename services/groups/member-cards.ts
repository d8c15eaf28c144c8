import type { Context } from 'moleculer';
import { LIMITS } from '#shared/limits.ts';
import { call, type ResultOf } from '#services/contracts.ts';

type Card = ResultOf<'profiles.cards'>[number];

/** What is known of the people with these names, by `usernameKey`. */
export type Cards = ReadonlyMap<string, Pick<Card, 'userId' | 'avatarUrl'>>;

/** A list of groups is worth waiting for its faces so long, in ms, and no longer. */
const PATIENCE_MS = 1_000;

const NOBODY: Cards = new Map();

/** Whether the last look-up failed: an outage is told once. */
let away = false;

/** What names are compared by. */
export const usernameKey = (username: string): string => username.trim().toLowerCase();

/** Older databases may hold anything as a name of a member. */
const mayBeName = (name: string): boolean => name.length <= LIMITS.id && name.isWellFormed();

/**
 * The users with these names (at most 2,000 are looked for), as they are now. Nobody while the profiles are away: a list
 * of groups without faces is better than none.
 */
export async function memberCards(ctx: Context, usernames: Iterable<string>): Promise<Cards> {
  const asked = [...new Set([...usernames].map(usernameKey).filter(mayBeName))].slice(0, 2_000);
  if (asked.length === 0) return NOBODY;
  try {
    const cards = await call(ctx, 'profiles.cards', { usernames: asked }, { timeout: PATIENCE_MS });
    away = false;
    return new Map(cards.map((card) => [card.usernameLower, card]));
  } catch (error) {
    if (!away) ctx.broker.logger.warn('Members are shown without avatar and userId: the profiles do not answer', error);
    away = true;
    return NOBODY;
  }
}
