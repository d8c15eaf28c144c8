import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKafka } from '#tools/servers/kafka/find.ts';

let folder: string;

/** A program in a `bin` folder that does what the shell line says. */
function fakeProgram(home: string, name: string, line: string): void {
  mkdirSync(join(folder, home, 'bin'), { recursive: true });
  const file = join(folder, home, 'bin', name);
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

function unpack(home: string, version: string): void {
  mkdirSync(join(folder, home, 'libs'), { recursive: true });
  writeFileSync(join(folder, home, 'libs', `kafka_2.13-${version}.jar`), '');
  fakeProgram(home, 'kafka-server-start.sh', '');
}

const at = (name: string) => join(folder, name);

/** Looks with this PATH and no cache, and with what else is given. Paths are relative to the test's folder. */
async function find({ path, kafkaHome, ...env }: Record<string, string>) {
  jest.replaceProperty(process, 'env', {
    PATH: path ? at(join(path, 'bin')) : '',
    XDG_CACHE_HOME: at('cache'),
    JAVA_HOME: at(env.JAVA_HOME ?? 'jdk'),
  });
  return findKafka(kafkaHome ? { kafkaHome: at(kafkaHome) } : {});
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'truematch-kafka-find-'));
  fakeProgram('jdk', 'java', `echo 'openjdk version "21.0.1" 2023-10-17' >&2`);
  fakeProgram('old-jdk', 'java', `echo 'openjdk version "11.0.2" 2019-01-15' >&2`);
  unpack('new', '4.9.0');
  unpack('old', '3.9.1');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('Kafka on this machine', () => {
  it.each([
    [
      'there is no Java',
      { JAVA_HOME: 'nowhere' },
      /^Kafka needs Java: JAVA_HOME=\S+: has no bin\/java that runs\. Install a/,
    ],
    [
      'Java is too old',
      { JAVA_HOME: 'old-jdk' },
      /^Kafka needs Java: \S+ is openjdk version "11\.0\.2".*; 17 or newer is needed/,
    ],
    [
      'there is no Maven',
      {},
      /^No usable Kafka\. Tried .*Maven: mvn is not on the PATH\. Install .* KAFKA_HOME .* KAFKA_BOOTSTRAP/,
    ],
    [
      'KAFKA_HOME has none',
      { kafkaHome: 'jdk' },
      /^No usable Kafka\. Tried KAFKA_HOME=\S+: not found; kafka-server-start\.sh on/,
    ],
    [
      'the one on the PATH is too old',
      { path: 'old' },
      /on the PATH: is Kafka 3\.9\.1; 4 is needed; Maven: mvn is not/,
    ],
  ])('says what was tried and what to do when %s', async (_what, where, line) => {
    await expect(find(where)).rejects.toThrow(line);
  });

  it('is the one of KAFKA_HOME, else the one whose script is on the PATH', async () => {
    const path = join(folder, 'new', 'libs');
    expect(await find({ path: 'new' })).toMatchObject({
      path,
      version: '4.9.0',
      from: 'kafka-server-start.sh on the PATH',
      java: join(folder, 'jdk', 'bin', 'java'),
    });
    expect(await find({ path: 'old', kafkaHome: 'new' })).toMatchObject({ path, from: `KAFKA_HOME=${folder}/new` });
  });

  it('does not take jars whose checksum is another one', async () => {
    fakeProgram(
      'maven',
      'mvn',
      'for one; do case $one in -DoutputDirectory=*) echo x > "${one#*=}/x.jar";; esac; done',
    );
    await expect(find({ path: 'maven' })).rejects.toThrow(
      /Maven: the jars have the checksum [0-9a-f]{64}, not [0-9a-f]{64}/,
    );
  });
});
