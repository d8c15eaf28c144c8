import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';
import { PINS } from '#tools/servers/pins.ts';

const { newData, patches } = PINS.mongod.official;

const CACHE = 'mongodb-official';

const DOWNLOAD_HOST = 'https://fastdl.mongodb.org';

const PROXIES = [
  'https_proxy',
  'http_proxy',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'npm_config_proxy',
  'npm_config_https-proxy',
];

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The downloader tries for 7 s a host that no resolver knows, and for minutes one behind a wall: ask first. Behind a
 * proxy the proxy decides.
 */
async function reachable(): Promise<void> {
  if (PROXIES.some((name) => process.env[name])) return;
  const url = new URL(process.env.MONGOMS_DOWNLOAD_URL || process.env.MONGOMS_DOWNLOAD_MIRROR || DOWNLOAD_HOST);
  const socket = connect({ host: url.hostname, port: Number(url.port) || 443 });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
  } catch (error) {
    throw new Error(`${url.hostname} cannot be reached`, { cause: error });
  } finally {
    socket.destroy();
  }
}

/** The downloader prints its progress on stdout: a process of its own turns that to stderr. */
function download(version: string, downloadDir: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./official-download.ts', import.meta.url), [version, downloadDir], {
      stdio: ['ignore', 2, 2, 'ipc'],
      execArgv: ['--no-warnings'],
      // Without it the downloader does not check certificates.
      env: { ...process.env, npm_config_strict_ssl: 'true' },
    });
    child.once('message', (answer: { path?: string; problem?: string }) => {
      if (answer.path) resolve(answer.path);
      else reject(new Error(answer.problem));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`the download ended with ${code ?? signal}`)));
  });
}

function versionFor(wanted: string): string {
  const version = patches[wanted];
  if (!version) throw new Error(`no build of MongoDB ${wanted} is known here`);
  return version;
}

/** The path of the official build of `wanted` (a series such as 7.0), or of the one for new data, if it is in the cache. */
export async function cachedOfficialBuild(wanted: string = newData): Promise<string | undefined> {
  // It brings a driver of its own, which a process on a running MongoDB would hold for nothing.
  const { DryMongoBinary } = await import('mongodb-memory-server-core');
  const found = await DryMongoBinary.locateBinary({ version: versionFor(wanted), downloadDir: cacheFolder(CACHE) });
  return found && existsSync(found) ? found : undefined;
}

/** Downloads that build into the cache. Answers its path. Throws an Error with one line. */
export async function fetchOfficialBuild(wanted: string = newData): Promise<string> {
  const version = versionFor(wanted);
  const downloadDir = cacheFolder(CACHE);
  await reachable();
  progress(`Downloading MongoDB ${version}, once, into ${downloadDir}`);
  return download(version, downloadDir);
}
