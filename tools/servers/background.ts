import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '#shared/config.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { isAlive, type ProcessId } from '#tools/mongod/process-id.ts';
import { stopProcess } from '#tools/mongod/stop.ts';
import { readJson } from '#tools/servers/json-file.ts';
import type { Ports } from '#tools/servers/open.ts';
import { SERVERS, type ServerName } from '#tools/servers/table.ts';

/** The keeper stops its servers one after the other, each within 5 s. */
const KEEPER_STOP_MS = 15_000;
const SERVER_STOP_MS = 5_000;

/** What the data folder notes about servers that run in the background. */
export interface KeeperState extends ProcessId {
  servers: { name: ServerName; variable: string; address: string; origin: string }[];
}

/** What the keeper answers to who started it. */
export type KeeperAnswer = { ready: true } | { problem: string };

export const keeperFile = (dataDir: string): string => join(dataDir, 'servers.json');

/** The servers that run in the background with their data in `dataDir`; undefined when none do. */
export function backgroundServers(dataDir: string): KeeperState | undefined {
  const state = readJson(keeperFile(dataDir)) as KeeperState | undefined;
  return state && isAlive(state) ? state : undefined;
}

/**
 * Starts the keeper, a process that runs the servers and outlives this one; it reads the same environment. Resolves once
 * they serve. Throws ConfigError with one line when they don't.
 */
export async function startInBackground(dataDir: string, ports: Ports): Promise<KeeperState> {
  // Made here, so that a folder that cannot be is told before anything else.
  const folder = new DataFolder(dataDir);
  const log = openSync(join(folder.path, 'servers.log'), 'a');
  const child = fork(new URL('./keeper.ts', import.meta.url), [JSON.stringify(ports)], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: ['--no-warnings'],
  });
  closeSync(log);
  const answer = await new Promise<KeeperAnswer>((resolve, reject) => {
    child.once('message', (message) => resolve(message as KeeperAnswer));
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ problem: `the servers' keeper ended (${code ?? signal})` }));
  });
  if (child.connected) child.disconnect();
  child.unref();
  if ('problem' in answer) throw new ConfigError(answer.problem);
  return backgroundServers(dataDir)!;
}

/** Ends what a killed keeper left behind. Answers the names. */
async function stopLeftBehind(folder: DataFolder): Promise<ServerName[]> {
  const stopped: ServerName[] = [];
  for (const { name } of SERVERS) {
    const notes = folder.notesOf(name).read();
    if (!notes || !isAlive(notes)) continue;
    await stopProcess(notes, SERVER_STOP_MS);
    stopped.push(name);
  }
  return stopped;
}

/**
 * Stops the servers of `dataDir`, those that run in the background and those that a killed program left behind. Answers
 * their names. Throws ConfigError when a running program owns them.
 */
export async function stopBackground(dataDir: string): Promise<ServerName[]> {
  const keeper = backgroundServers(dataDir);
  if (keeper) {
    await stopProcess(keeper, KEEPER_STOP_MS);
    const folder = new DataFolder(dataDir);
    await stopLeftBehind(folder);
    return keeper.servers.map((one) => one.name);
  }
  const folder = new DataFolder(dataDir);
  if (folder.owner)
    throw new ConfigError(
      `DATA_DIR=${dataDir}: its servers belong to another running program (pid ${folder.owner.pid}): stop that`,
    );
  return stopLeftBehind(folder);
}
