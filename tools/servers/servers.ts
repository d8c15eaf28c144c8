import { resolve } from 'node:path';
import { type Config, ConfigError } from '#shared/config.ts';
import { describeError } from '#shared/logger.ts';
import { backgroundServers, startInBackground, stopBackground, type KeeperState } from '#tools/servers/background.ts';
import { clusterConfig } from '#tools/servers/config.ts';
import type { Ports } from '#tools/servers/open.ts';
import { parseArguments, type Command } from '#tools/servers/options.ts';
import { statusText } from '#tools/servers/status.ts';
import { serversFor } from '#tools/servers/table.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** The addresses as variables, so that they can be copied, or sourced by a shell. */
function sayRunning({ pid, servers }: KeeperState, dataDir: string): void {
  say(`# Running in the background (pid ${pid}), data in ${resolve(dataDir)}`);
  for (const { name, variable, address, origin } of servers) say(`${variable}='${address}'  # ${name} ${origin}`);
}

async function start(settings: Config, ports: Ports): Promise<void> {
  const { dataDir } = settings;
  const running = backgroundServers(dataDir);
  if (running && Object.keys(ports).length > 0)
    throw new ConfigError('the servers run already: stop them first, to give them another port');
  const servers = serversFor(settings);
  const given = servers.filter((server) => server.given(settings));
  for (const { variable } of given) say(`# ${variable} is set: none is started for it`);
  if (given.length === servers.length) return;
  sayRunning(running ?? (await startInBackground(dataDir, ports)), dataDir);
}

async function fetchAll(settings: Config): Promise<void> {
  for (const server of serversFor(settings)) {
    const { path, version, from } = await server.find(settings, true);
    say(`${server.name.padEnd(12)} ${version}, ${from} (${path})`);
  }
}

async function run(command: Command, settings: Config, ports: Ports): Promise<void> {
  switch (command) {
    case 'status':
      return say((await statusText(settings)).trimEnd());
    case 'fetch':
      return fetchAll(settings);
    case 'start':
      return start(settings, ports);
    case 'stop': {
      const stopped = await stopBackground(settings.dataDir);
      return say(stopped.length > 0 ? `Stopped ${stopped.join(' and ')}` : 'No servers were running');
    }
  }
}

try {
  const { command, ports } = parseArguments(process.argv.slice(2));
  await run(command, clusterConfig(), ports);
} catch (error) {
  process.exitCode = 1;
  const text = error instanceof ConfigError ? error.message : describeError(error).stack;
  process.stderr.write(`servers: ${text}\n`);
}
