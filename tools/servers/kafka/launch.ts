import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#tools/mongod/port.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';
import { kafkaAnswers } from '#tools/servers/kafka/info.ts';
import { lastKafkaError } from '#tools/servers/kafka/log-tail.ts';
import {
  type KafkaFolder,
  loggingProperties,
  type Properties,
  serverProperties,
} from '#tools/servers/kafka/settings.ts';
import { clusterIdOf, formatStorage } from '#tools/servers/kafka/storage.ts';
import { LaunchError, launchServer } from '#tools/servers/launch.ts';

const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use/i;

/**
 * Enough for messages of 4 MiB and dozens of partitions; the whole process then has some 150 MB. The quick compiler and the
 * simple collector halve the time to start, and cost what a development machine never asks for.
 */
const JAVA_OPTIONS = ['-Xms48m', '-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

export interface KafkaLaunch {
  java: string;
  /** The folder of Kafka's jars. */
  libs: string;
  /** Has all files of the broker; it is made. */
  folder: string;
  /** Makes other settings of the program's. */
  changed?: (properties: Properties) => Properties;
}

/** How programs connect to the broker on `port`. */
export const kafkaBootstrapOf = (port: number): string => `127.0.0.1:${port}`;

export const filesIn = (folder: string): KafkaFolder => ({
  data: join(folder, 'topics'),
  serverProperties: join(folder, 'server.properties'),
  loggingProperties: join(folder, 'log4j2.properties'),
  log: join(folder, 'kafka.log'),
});

/**
 * Starts a broker on `port` of 127.0.0.1, formatting its folder at the first start; resolves once it serves. Throws
 * LaunchError when it ends before.
 */
export async function launchKafka(
  { java, libs, folder, changed }: KafkaLaunch,
  port: number,
  noted: (id: ProcessId) => void,
): Promise<ProcessId> {
  const files = filesIn(folder);
  mkdirSync(files.data, { recursive: true });
  // Of this start alone: its errors are looked for in there.
  rmSync(files.log, { force: true });
  writeFileSync(files.loggingProperties, loggingProperties(files));
  writeFileSync(files.serverProperties, serverProperties(files, { port, controllerPort: await freePort() }, changed));
  const args = [...JAVA_OPTIONS, `-Dlog4j2.configurationFile=${files.loggingProperties}`, '-cp', join(libs, '*')];
  const clusterId = clusterIdOf(files.data) ?? (await formatStorage(java, args, files.serverProperties));
  return launchServer(
    {
      name: 'kafka',
      binary: java,
      args: [...args, 'kafka.Kafka', files.serverProperties],
      log: files.log,
      ready: (signal) => kafkaAnswers(port, clusterId, signal),
      reason: () => lastKafkaError(files.log),
    },
    noted,
  );
}

/**
 * As `launchKafka`, on `preferred` if it is free, else on a free one; another program may take that in between, hence a
 * few attempts.
 */
export async function launchKafkaOnFreePort(
  options: KafkaLaunch,
  preferred: number,
  noted: (id: ProcessId, port: number) => void,
): Promise<{ id: ProcessId; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? preferred : 0);
    try {
      return { id: await launchKafka(options, port, (id) => noted(id, port)), port };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !(error instanceof LaunchError && PORT_TAKEN.test(error.message))) throw error;
    }
  }
}
