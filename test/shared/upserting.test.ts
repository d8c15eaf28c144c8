import { describe, expect, it } from '@jest/globals';
import { MongoServerError } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

const duplicate = new MongoServerError({ message: 'E11000 duplicate key', code: 11_000 });

/** Fails `losses` times with `error`, then answers how often it was tried. */
function contested(losses: number, error: Error) {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= losses) throw error;
    return tries;
  };
}

describe('an upsert', () => {
  it('that lost a race is tried again', async () => {
    expect(await upserting(contested(9, duplicate))).toBe(10);
  });

  it('that always loses gives up', async () => {
    await expect(upserting(contested(10, duplicate))).rejects.toBe(duplicate);
  });

  it('that fails otherwise is not tried again', async () => {
    const other = new MongoServerError({ message: 'no', code: 121 });
    await expect(upserting(contested(1, other))).rejects.toBe(other);
  });
});
