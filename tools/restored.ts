import { randomUUID } from 'node:crypto';
import { config, ConfigError } from '#shared/config.ts';
import { checkServer } from '#shared/mongo-check.ts';
import { createClient } from '#shared/mongo.ts';
import { collectionsOf } from '#shared/room-log/collections.ts';

/**
 * A step of restoring a backup, with all services stopped: gives the database a new generation (L8). Cursors, ETags and
 * caches of before the restore are void from then on, for their revs may come again with other content.
 */
async function restored(): Promise<string> {
  const settings = config();
  if (!settings.mongoUri) throw new ConfigError('MONGO_URI: must name the restored database');
  const client = createClient(settings);
  try {
    await checkServer(client);
    const { meta } = collectionsOf(client.db(settings.mongoDbName));
    const value = randomUUID().slice(0, 8);
    const before = await meta.findOneAndUpdate({ _id: 'generation' }, { $set: { value } }, { upsert: true });
    return `${settings.mongoDbName}: generation ${before?.value ?? '(none)'} is now ${value}. Start the services again.`;
  } finally {
    await client.close();
  }
}

try {
  process.stdout.write(`${await restored()}\n`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`restored: ${error.message}\n`);
  process.exitCode = 1;
}
