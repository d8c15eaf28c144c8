import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '#tools/mongod/cache.ts';
import { progress } from '#tools/mongod/progress.ts';

/** A program in Java, with all that it needs, as Maven fetches it. */
export interface Jars {
  version: string;
  artifacts: readonly { group: string; name: string; version: string }[];
  /** Maven's plugin that copies them. */
  plugin: string;
  /** For people. */
  size: string;
  /** Of the jars' checksums and names, a line each, by name. */
  sha256: string;
}

const pomOf = ({ version, artifacts }: Jars): string => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>truematch</groupId>
  <artifactId>kafka</artifactId>
  <version>${version}</version>
  <dependencies>
${artifacts
  .map(
    (one) =>
      `    <dependency><groupId>${one.group}</groupId><artifactId>${one.name}</artifactId><version>${one.version}</version></dependency>`,
  )
  .join('\n')}
  </dependencies>
</project>
`;

function maven(args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', args, { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-4_000)));
    child.once('error', (error) => reject(new Error('mvn is not on the PATH', { cause: error })));
    child.once('close', (code) => {
      const reason = /\[ERROR\] (.*)/.exec(said)?.[1] ?? said.trim().split('\n').at(-1);
      if (code === 0) resolve();
      else reject(new Error(`mvn: ${reason || `exit code ${code}`}`));
    });
  });
}

function checksum(folder: string): string {
  const all = createHash('sha256');
  for (const name of readdirSync(folder).toSorted()) {
    const one = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    all.update(`${one}  ${name}\n`);
  }
  return all.digest('hex');
}

const targetOf = ({ version }: Jars): string => join(cacheFolder('kafka-maven'), `kafka-${version}`);

/** The folder of the jars if it is in the user's cache. */
export function cachedJars(jars: Jars): string | undefined {
  const target = targetOf(jars);
  return existsSync(target) ? target : undefined;
}

/** The jars: fetched by Maven and checked, into the user's cache. Answers their folder. Throws an Error with one line. */
export async function fetchJars(jars: Jars): Promise<string> {
  const target = targetOf(jars);
  progress(`Fetching Kafka ${jars.version} with Maven (${jars.size}), once, into ${target}`);
  const folder = mkdtempSync(join(cacheFolder('kafka-maven'), 'fetch-'));
  const fetched = join(folder, 'jars');
  try {
    mkdirSync(fetched);
    writeFileSync(join(folder, 'pom.xml'), pomOf(jars));
    const where = ['-f', join(folder, 'pom.xml'), `-DoutputDirectory=${fetched}`];
    await maven(['-B', '-q', '-ntp', ...where, `${jars.plugin}:copy-dependencies`]);
    const got = checksum(fetched);
    if (got !== jars.sha256) throw new Error(`the jars have the checksum ${got}, not ${jars.sha256}`);
    // Whoever comes second has the same.
    if (!existsSync(target)) renameSync(fetched, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return target;
}
