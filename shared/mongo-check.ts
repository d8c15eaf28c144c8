import { type MongoClient, MongoError, MongoServerSelectionError, type TopologyDescription } from 'mongodb';
import { ConfigError } from '#shared/config.ts';

/** Change streams with pre-images and the write concerns of the room log are the same from here on. */
const OLDEST_MAJOR = 6;

const cannot = (reason: string, cause?: unknown): ConfigError =>
  Object.assign(new ConfigError(`MONGO_URI: ${reason}`), cause === undefined ? {} : { cause });

/** Says in one line why no primary could be selected. */
function whyUnreachable(error: MongoServerSelectionError): string {
  const topology = error.reason as TopologyDescription | undefined;
  const servers = [...(topology?.servers.values() ?? [])];
  if (topology?.setName && servers.length === 0)
    return `the server is not a member of the replica set ${topology.setName}; a MongoDB replica set is needed`;
  if (servers.some((one) => one.type === 'RSGhost'))
    return 'the replica set of the server is not initiated: run rs.initiate() on it';
  if (servers.some((one) => one.type.startsWith('RS'))) return 'the replica set has no primary';
  const names = servers.map((one) => one.address).join(', ');
  const reason = servers.map((one) => one.error?.message).find(Boolean) ?? error.message;
  return `no MongoDB server answers at ${names || 'that address'} (${reason.split('\n')[0]})`;
}

/**
 * Checks that the server is one that the program can keep its promises on: MongoDB 6.0 or newer, and a replica set.
 * Answers its version. Throws ConfigError with one line that names MONGO_URI.
 */
export async function checkServer(client: MongoClient): Promise<string> {
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    const { version } = (await admin.command({ buildInfo: 1 })) as { version: string };
    if (Number.parseInt(version, 10) < OLDEST_MAJOR)
      throw cannot(`the server is MongoDB ${version}; ${OLDEST_MAJOR}.0 or newer is needed`);
    if (!hello.setName)
      throw cannot(
        hello.msg === 'isdbgrid'
          ? 'the server is a mongos; a MongoDB replica set is needed'
          : 'the server is a single mongod; a MongoDB replica set is needed (start it with --replSet and run rs.initiate())',
      );
    return version;
  } catch (error) {
    if (error instanceof MongoServerSelectionError) throw cannot(whyUnreachable(error), error);
    if (error instanceof MongoError) throw cannot(error.message.split('\n')[0] ?? error.name, error);
    // An srv name that cannot be resolved.
    if (error instanceof Error && 'syscall' in error) throw cannot(error.message, error);
    throw error;
  }
}
