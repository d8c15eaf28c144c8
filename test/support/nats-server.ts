import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isAlive, signal } from '#tools/mongod/process-id.ts';
import { stopProcess } from '#tools/mongod/stop.ts';
import { findNatsServer } from '#tools/servers/nats/find.ts';
import { launchNats, launchNatsOnFreePort, natsUrlOf } from '#tools/servers/nats/launch.ts';

const STOP_MS = 5_000;

export interface TestNats {
  url: string;
  port: number;
  readonly pid: number;
  readonly alive: boolean;
  /** Sends a signal; `SIGSTOP` freezes it. */
  signal(name: NodeJS.Signals): void;
  /** Stops it, and leaves its port to `start`. */
  halt(): Promise<void>;
  /** Starts it again on its port. */
  start(): Promise<void>;
  /** Stops it and removes its files. */
  stop(): Promise<void>;
}

/** A real nats-server with the settings of the program, on a free port, that nobody watches. */
export async function startNats(): Promise<TestNats> {
  const { path: binary } = await findNatsServer();
  const folder = mkdtempSync(join(tmpdir(), 'truematch-nats-'));
  const options = {
    binary,
    serverName: basename(folder),
    configFile: join(folder, 'nats-server.conf'),
    log: join(folder, 'nats-server.log'),
  };
  const started = await launchNatsOnFreePort(options, 0, () => undefined);
  const { port } = started;
  let { id } = started;
  return {
    url: natsUrlOf(port),
    port,
    get pid() {
      return id.pid;
    },
    get alive() {
      return isAlive(id);
    },
    signal: (name) => void signal(id, name),
    halt: () => stopProcess(id, STOP_MS),
    async start() {
      id = await launchNats(options, port, () => undefined);
    },
    async stop() {
      await stopProcess(id, STOP_MS);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
