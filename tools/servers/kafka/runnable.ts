import { join } from 'node:path';
import { ConfigError } from '#shared/config.ts';
import type { DataFolder } from '#tools/mongod/data-folder.ts';
import { freePort } from '#tools/mongod/port.ts';
import { LaunchError } from '#tools/servers/launch.ts';
import { findKafka } from '#tools/servers/kafka/find.ts';
import { kafkaAnswers } from '#tools/servers/kafka/info.ts';
import { filesIn, launchKafka, launchKafkaOnFreePort } from '#tools/servers/kafka/launch.ts';
import { clusterIdOf } from '#tools/servers/kafka/storage.ts';
import type { Runnable } from '#tools/servers/supervise.ts';

/** The broker of a data folder, on `port` where one is given, else where it was before, else on a free port. */
export function kafkaIn(dataFolder: DataFolder, kafkaHome: string, port: number | undefined): Runnable {
  const notes = dataFolder.notesOf('kafka');
  const folder = join(dataFolder.path, 'kafka');
  return {
    name: 'kafka',
    notes,

    async answers(running, signal) {
      if (port !== undefined && running.port !== port) throw new Error(`it is on port ${running.port}, not ${port}`);
      await kafkaAnswers(running.port, clusterIdOf(filesIn(folder).data) ?? '', signal);
    },

    async begin() {
      const before = notes.read();
      const { path: libs, version, from, java } = await findKafka({ kafkaHome });
      if (port !== undefined && (await freePort(port)) !== port)
        throw new ConfigError(`kafka=${port}: the port is in use`);
      try {
        await launchKafkaOnFreePort({ java, libs, folder }, port ?? before?.port ?? 0, (id, on) =>
          notes.write({ ...id, port: on, version, from }),
        );
      } catch (error) {
        if (!(error instanceof LaunchError)) throw error;
        throw new ConfigError(`Kafka ${version}: ${error.message}`);
      }
    },

    async again(before) {
      const { path: libs, java } = await findKafka({ kafkaHome });
      await launchKafka({ java, libs, folder }, before.port, (id) => notes.write({ ...before, ...id }));
    },
  };
}
