import { argon2Sync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { describe, expect, it } from '@jest/globals';
import { hashPassword, isOutdated, verifyPassword } from '#services/profiles/accounts/passwords.ts';

const PASSWORD = 'Correct-Horse-1é';

describe('a password', () => {
  it('is kept as argon2id of 19 MiB and two passes, with a salt of its own', async () => {
    const [one, two] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(one).not.toBe(two);
    expect(isOutdated(one)).toBe(false);
    expect(await verifyPassword(PASSWORD, one)).toBe(true);
    expect(await verifyPassword(`${PASSWORD} `, one)).toBe(false);
  });

  it('is known by a hash that was made with other numbers, which are outdated', async () => {
    const nonce = Buffer.alloc(16, 7);
    const cost = { memory: 64, passes: 1, parallelism: 2, tagLength: 24 };
    const hash = argon2Sync('argon2id', { message: PASSWORD, nonce, ...cost }).toString('base64');
    const stored = `$argon2id$v=19$m=64,t=1,p=2$${nonce.toString('base64').replace(/=+$/, '')}$${hash}`;
    expect(await verifyPassword(PASSWORD, stored)).toBe(true);
    expect(await verifyPassword('other', stored)).toBe(false);
    expect(isOutdated(stored)).toBe(true);
  });

  it('of the older service is known by its bcrypt hash, which sees 72 bytes', async () => {
    const long = 'é'.repeat(36);
    // A cost of 4, so that the test does not take long.
    const stored = hashSync(long, 4);
    expect(stored).toMatch(/^\$2b\$04\$/);
    expect(await verifyPassword(long, stored)).toBe(true);
    expect(await verifyPassword(`${long} and more`, stored)).toBe(true);
    expect(await verifyPassword(`${long.slice(1)}e`, stored)).toBe(false);
    expect(isOutdated(stored)).toBe(true);
  });

  it.each(['', 'plain', '$2b$12$short', '$argon2id$v=19$m=64,t=1,p=1$AAAA', '$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA'])(
    'is never right for %j',
    async (stored) => {
      expect(await verifyPassword(stored, stored)).toBe(false);
    },
  );
});
