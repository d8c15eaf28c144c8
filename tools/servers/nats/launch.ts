import { writeFileSync } from 'node:fs';
import { freePort } from '#tools/mongod/port.ts';
import type { ProcessId } from '#tools/mongod/process-id.ts';
import { LaunchError, launchServer } from '#tools/servers/launch.ts';
import { natsAnswers } from '#tools/servers/nats/info.ts';
import { lastNatsError } from '#tools/servers/nats/log-tail.ts';

/**
 * Bytes in one message: a window of 4 MiB and what is around it, with room to spare. NATS advises against more. (Its
 * default is 1 MiB.)
 */
export const MAX_PAYLOAD = 8 * 1024 * 1024;
/** Bytes of log before it begins anew beside the old one. */
const LOG_BYTES = 16 * 1024 * 1024;
const PORT_ATTEMPTS = 5;
const PORT_TAKEN = /address already in use/;

export interface NatsLaunch {
  binary: string;
  /** What it calls itself: that another server answers on its port is seen by it. No spaces. */
  serverName: string;
  /** Its configuration file, which is written, and its log. */
  configFile: string;
  log: string;
}

/** How programs connect to the `nats-server` on `port`. */
export const natsUrlOf = (port: number): string => `nats://127.0.0.1:${port}`;

/** Starts a `nats-server` on `port` of 127.0.0.1; resolves once it serves. Throws LaunchError when it ends before. */
export async function launchNats(
  options: NatsLaunch,
  port: number,
  noted: (id: ProcessId) => void,
): Promise<ProcessId> {
  const { binary, serverName, configFile, log } = options;
  // The size of a message can be set in a file only.
  writeFileSync(configFile, `listen: "127.0.0.1:${port}"\nmax_payload: ${MAX_PAYLOAD}\n`);
  const args = ['--config', configFile, '--name', serverName, '--log', log, '--log_size_limit', String(LOG_BYTES)];
  const reason = () => lastNatsError(log);
  const ready = (signal: AbortSignal) => natsAnswers(port, serverName, signal);
  return launchServer({ name: 'nats-server', binary, args, log, reason, ready }, noted);
}

/**
 * As `launchNats`, on `preferred` if it is free, else on a free one; another program may take that in between, hence a
 * few attempts.
 */
export async function launchNatsOnFreePort(
  options: NatsLaunch,
  preferred: number,
  noted: (id: ProcessId, port: number) => void,
): Promise<{ id: ProcessId; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? preferred : 0);
    try {
      return { id: await launchNats(options, port, (id) => noted(id, port)), port };
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !(error instanceof LaunchError && PORT_TAKEN.test(error.message))) throw error;
    }
  }
}
