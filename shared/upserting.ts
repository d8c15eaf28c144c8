import { isDuplicateKey } from '#shared/mongo-faults.ts';

/** The loser of a race finds the winner's document at the next try; more tries are only lost to deletions in between. */
const TRIES = 10;

/** Runs an upsert again while another one of the same key is faster. Throws what else it throws. */
export async function upserting<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === TRIES) throw error;
    }
  }
}
