import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findKafka } from '#tools/servers/kafka/find.ts';
import { kafkaBootstrapOf, launchKafkaOnFreePort } from '#tools/servers/kafka/launch.ts';
import { stopProcess } from '#tools/mongod/stop.ts';

const STOP_MS = 10_000;

/** A broker with its files in `dataDir`, on a free port. */
export async function startKafka(
  dataDir: string,
  kafkaHome: string,
): Promise<{ bootstrap: string; version: string; stop: () => Promise<void> }> {
  const folder = join(dataDir, 'kafka');
  mkdirSync(folder, { recursive: true });
  const { path: libs, java, version } = await findKafka({ kafkaHome });
  const { id, port } = await launchKafkaOnFreePort({ java, libs, folder }, 0, () => undefined);
  return { bootstrap: kafkaBootstrapOf(port), version, stop: () => stopProcess(id, STOP_MS) };
}
