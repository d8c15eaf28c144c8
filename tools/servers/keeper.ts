import { rmSync } from 'node:fs';
import { ConfigError } from '#shared/config.ts';
import { createLogger, describeError } from '#shared/logger.ts';
import { identify } from '#tools/mongod/process-id.ts';
import { keeperFile, type KeeperAnswer, type KeeperState } from '#tools/servers/background.ts';
import { clusterConfig } from '#tools/servers/config.ts';
import { writeJson } from '#tools/servers/json-file.ts';
import { openServers, type Ports } from '#tools/servers/open.ts';

/**
 * A process of its own that keeps the servers running in the background. Argument: the ports asked for, as JSON. It
 * answers its parent once, and ends at SIGTERM, when all servers have stopped.
 */
const settings = clusterConfig();
const log = createLogger({ ...settings, logFormat: 'json' }).child({ svc: 'servers' });
const file = keeperFile(settings.dataDir);

// The parent may be gone: it was told to start them, and they run.
const answer = (message: KeeperAnswer) => {
  if (process.connected) process.send?.(message);
};

try {
  const open = await openServers(settings, JSON.parse(process.argv[2] ?? '{}') as Ports, log);
  const servers = open.servers
    .filter((one) => one.running)
    .map(({ name, variable, address, origin }) => ({ name, variable, address, origin }));
  const state: KeeperState = { ...identify(process.pid)!, servers };
  writeJson(file, state);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await open.stop();
    rmSync(file, { force: true });
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('SIGHUP', () => log.info('its terminal is gone; the servers run on'));
  // The servers' watching alone keeps no process alive.
  setInterval(() => undefined, 60_000);
  log.info('the servers run');
  answer({ ready: true });
} catch (error) {
  if (!(error instanceof ConfigError)) log.error({ err: error }, 'could not start');
  answer({ problem: error instanceof ConfigError ? error.message : `could not start: ${describeError(error).stack}` });
  process.exitCode = 1;
}
