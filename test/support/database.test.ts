import { describe, expect, it } from '@jest/globals';
import { testDatabase } from '#test/support/database.ts';

describe('a test database', () => {
  it('is empty, takes writes, and is gone afterwards', async () => {
    const database = await testDatabase();
    await database.db.collection('things').insertOne({ a: 1 });
    expect(await database.db.collection('things').countDocuments()).toBe(1);
    await database.drop();

    const other = await testDatabase();
    const { databases } = await other.client.db('admin').admin().listDatabases({ nameOnly: true });
    expect(databases.map((one) => one.name)).not.toContain(database.name);
    await other.drop();
  });
});
