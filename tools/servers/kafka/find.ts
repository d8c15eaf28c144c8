import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ConfigError } from '#shared/config.ts';
import { firstUsable, NotFoundError, type Found, type Probed, type Source } from '#tools/servers/find.ts';
import { findJava } from '#tools/servers/kafka/java.ts';
import { cachedJars, fetchJars } from '#tools/servers/kafka/maven.ts';
import { PINS } from '#tools/servers/pins.ts';

const { jars } = PINS.kafka;

const WHAT_TO_DO =
  'Install a JDK (17 or newer) and Maven, or set KAFKA_HOME to a Kafka 4 that is unpacked, or KAFKA_BOOTSTRAP to a ' +
  'running one; KAFKA_ENABLED=false does without events.';

/** Where a Kafka distribution whose start script is on the PATH has its jars. */
function onPath(): string | undefined {
  const script = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'kafka-server-start.sh'))
    .find((file) => existsSync(file));
  return script && join(dirname(realpathSync(script)), '..', 'libs');
}

const sources = (kafkaHome: string): Source[] => [
  ...(kafkaHome ? [{ name: `KAFKA_HOME=${kafkaHome}`, present: async () => join(kafkaHome, 'libs') }] : []),
  { name: 'kafka-server-start.sh on the PATH', present: async () => onPath() },
  { name: 'Maven', present: async () => cachedJars(jars), fetch: () => fetchJars(jars) },
];

/** Starting a Java for its version takes a second: the name of the jar tells it. */
async function probe(libs: string): Promise<Probed> {
  if (!existsSync(libs)) throw new Error('not found');
  const versions = readdirSync(libs).map((file) => /^kafka_2\.\d+-(\d[\w.-]*)\.jar$/.exec(file)?.[1]);
  const version = versions.find(Boolean);
  if (!version) throw new Error('has no Kafka broker');
  if (!version.startsWith('4.')) throw new Error(`is Kafka ${version}; 4 is needed`);
  return { path: libs, version };
}

export interface FoundKafka extends Found {
  /** The Java that runs it. */
  java: string;
}

/**
 * Finds Kafka's jars, whose folder is the `path`, and a Java: of KAFKA_HOME, else of a distribution on the PATH, else by
 * Maven, downloaded once into the user's cache if `mayFetch`. Throws ConfigError with one line: what was tried, and what
 * to do.
 */
export async function findKafka({
  kafkaHome = '',
  mayFetch = true,
}: { kafkaHome?: string; mayFetch?: boolean } = {}): Promise<FoundKafka> {
  let java: string;
  try {
    java = await findJava();
  } catch (error) {
    throw new ConfigError(`Kafka needs Java: ${(error as Error).message}. ${WHAT_TO_DO}`);
  }
  try {
    return { ...(await firstUsable(sources(kafkaHome), probe, { mayFetch })), java };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    throw new ConfigError(`No usable Kafka. Tried ${error.message}. ${WHAT_TO_DO}`);
  }
}
