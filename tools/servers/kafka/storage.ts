import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const FORMAT_TIMEOUT_MS = 60_000;

/** The id of the cluster that a data folder belongs to; undefined when it is not formatted. */
export function clusterIdOf(data: string): string | undefined {
  const file = join(data, 'meta.properties');
  return existsSync(file) ? /^cluster\.id=(\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
}

/** Sixteen bytes, as Kafka writes them; its tools take a leading dash for an option. */
const newClusterId = (): string => `t${randomBytes(16).toString('base64url').slice(1)}`;

/** Formats the data folder that a broker's `serverProperties` name. Answers the cluster's id. */
export async function formatStorage(
  command: string,
  args: readonly string[],
  serverProperties: string,
): Promise<string> {
  const clusterId = newClusterId();
  await run(command, [...args, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', serverProperties], {
    timeout: FORMAT_TIMEOUT_MS,
  });
  return clusterId;
}
