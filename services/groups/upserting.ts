import { MongoServerError } from 'mongodb';

/** The loser of a race finds the winner's document at the next try; more tries are only lost to deletions in between. */
const TRIES = 10;

const DUPLICATE_KEY = 11_000;

/** Runs an upsert again while another one of the same key is faster. Throws what else it throws. */
export async function upserting<T>(upsert: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upsert();
    } catch (error) {
      const lost = error instanceof MongoServerError && error.code === DUPLICATE_KEY;
      if (!lost || attempt === TRIES) throw error;
    }
  }
}
