import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SecretsRepository } from '#services/profiles/accounts/secrets.repository.ts';
import { testDatabase, type TestDatabase } from '#test/support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the secret of tokens that is kept in the database', () => {
  it('is one for all instances that ask at once, and the same after a restart', async () => {
    const asked = Array.from({ length: 20 }, () => new SecretsRepository(database.db).tokenSecret());
    const secrets = new Set(await Promise.all(asked));
    expect(secrets.size).toBe(1);
    const [secret] = secrets;
    expect(Buffer.from(secret!, 'base64url')).toHaveLength(32);
    expect(await new SecretsRepository(database.db).tokenSecret()).toBe(secret);
  });
});
