import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Kafka 4 needs it. */
const LEAST_JAVA = 17;
const PROBE_TIMEOUT_MS = 20_000;

/** The path of a Java that Kafka runs on: JAVA_HOME's, else the one on the PATH. Throws an Error with one line. */
export async function findJava(): Promise<string> {
  const home = process.env.JAVA_HOME;
  const path = home ? join(home, 'bin', 'java') : 'java';
  let said: string;
  try {
    ({ stderr: said } = await run(path, ['-version'], { timeout: PROBE_TIMEOUT_MS }));
  } catch (error) {
    throw new Error(home ? `JAVA_HOME=${home}: has no bin/java that runs` : 'java is not on the PATH', {
      cause: error,
    });
  }
  const major = Number(/version "(?:1\.)?(\d+)/.exec(said)?.[1]);
  if (!(major >= LEAST_JAVA)) throw new Error(`${path} is ${said.split('\n')[0]}; ${LEAST_JAVA} or newer is needed`);
  return path;
}
