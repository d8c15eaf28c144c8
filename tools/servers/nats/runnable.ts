import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError } from '#shared/config.ts';
import type { DataFolder } from '#tools/mongod/data-folder.ts';
import { freePort } from '#tools/mongod/port.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';
import { LaunchError } from '#tools/servers/launch.ts';
import { findNatsServer } from '#tools/servers/nats/find.ts';
import { natsAnswers } from '#tools/servers/nats/info.ts';
import { launchNats, launchNatsOnFreePort } from '#tools/servers/nats/launch.ts';
import type { Runnable } from '#tools/servers/supervise.ts';

/** One name a data folder, and the same after a restart: clients see that it is the same server. */
const serverNameOf = (path: string): string =>
  `truematch-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;

/** Throws ConfigError, one line, when somebody else has the port. */
async function checkPort(port: number): Promise<void> {
  if ((await freePort(port)) !== port) throw new ConfigError(`nats-server=${port}: the port is in use`);
}

/** The `nats-server` of a data folder, on `port` where one is given, else where it was before, else on a free port. */
export function natsIn(folder: DataFolder, port: number | undefined): Runnable {
  const notes = folder.notesOf('nats-server');
  const serverName = serverNameOf(folder.path);
  const files = {
    serverName,
    configFile: join(folder.path, 'nats-server.conf'),
    log: join(folder.path, 'nats-server.log'),
  };
  return {
    name: 'nats-server',
    notes,

    async answers(running, signal) {
      if (port !== undefined && running.port !== port) throw new Error(`it is on port ${running.port}, not ${port}`);
      await natsAnswers(running.port, serverName, signal);
    },

    async begin() {
      const before = notes.read();
      const { path: binary, version, from } = await findNatsServer();
      if (port !== undefined) await checkPort(port);
      const noted = (id: ProcessId, on: number) => notes.write({ ...id, port: on, version, from });
      try {
        await launchNatsOnFreePort({ binary, ...files }, port ?? before?.port ?? 0, noted);
      } catch (error) {
        if (!(error instanceof LaunchError)) throw error;
        throw new ConfigError(`NATS ${version}: ${error.message}`);
      }
    },

    async again(before) {
      const { path: binary } = await findNatsServer();
      await launchNats({ binary, ...files }, before.port, (id) => notes.write({ ...before, ...id }));
    },
  };
}
