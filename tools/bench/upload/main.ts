import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { config } from '#shared/config.ts';
import { MIB } from '#shared/limits.ts';
import { startOurs } from '#tools/bench/contestants/ours.ts';
import { isBusy, loadBefore } from '#tools/bench/machine.ts';
import { processStats } from '#tools/bench/process-stats.ts';
import { breakOff, uploadVideo } from '#tools/bench/upload/senders.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run bench:upload`: what many large uploads at once, and many that break off, take of the process. */

const AT_ONCE = 20;
const FILE_BYTES = 50 * MIB;
const BROKEN = 200;
/** Connections to the database come and go meanwhile. */
const OTHERS = 5;
/** By then all of them must be gone, in ms. */
const SETTLE_MS = 20_000;
/** The promise: twenty uploads of 50 MiB raise the memory by less. */
const ALLOWED_BYTES = 150 * MIB;

const say = (line: string) => process.stdout.write(`${line}\n`);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const handlesOf = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
const rssOf = (pid: number): number => processStats([pid])?.rss ?? 0;

/** The most memory that the process had while `work` went on. */
async function highest(pid: number, work: Promise<unknown>): Promise<number> {
  let top = rssOf(pid);
  const timer = setInterval(() => (top = Math.max(top, rssOf(pid))), 20);
  await work;
  clearInterval(timer);
  return top;
}

async function measure(port: number, pid: number, mediaDir: string): Promise<boolean> {
  // What the first uploads load stays loaded.
  await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => uploadVideo(port, MIB, n)));
  await sleep(1_000);
  const before = { rss: rssOf(pid), handles: handlesOf(pid) };
  const begin = performance.now();
  const work = Promise.all(Array.from({ length: AT_ONCE }, (_, n) => uploadVideo(port, FILE_BYTES, AT_ONCE + n)));
  const top = await highest(pid, work);
  const seconds = (performance.now() - begin) / 1_000;
  const statuses = [...new Set(await work)];
  const risen = top - before.rss;
  say(`${AT_ONCE} uploads of ${mb(FILE_BYTES)} at once: ${statuses.join(', ')} after ${seconds.toFixed(1)} s`);
  say(`  memory ${mb(before.rss)}, at most ${mb(top)}: ${mb(risen)} more, ${mb(ALLOWED_BYTES)} allowed`);
  for (let n = 0; n < BROKEN; n += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, m) => breakOff(port, FILE_BYTES, m * 100_000)));
  const over = performance.now();
  const look = () => ({ handles: handlesOf(pid), temporary: readdirSync(join(mediaDir, 'temporary')).length });
  let { handles, temporary } = look();
  while ((temporary > 0 || handles > before.handles + OTHERS) && performance.now() - over < SETTLE_MS) {
    await sleep(50);
    ({ handles, temporary } = look());
  }
  const after = ((performance.now() - over) / 1_000).toFixed(1);
  say(`${BROKEN} uploads that broke off: ${after} s later ${temporary} temporary files,`);
  say(`  ${handles} handles, ${before.handles} before`);
  return statuses.join() === '200' && risen < ALLOWED_BYTES && temporary === 0 && handles <= before.handles + OTHERS;
}

const load = loadBefore();
say(`load ${load.toFixed(1)} before${isBusy(load) ? ': the machine is busy' : ''}`);
const dataDir = join(config().dataDir, 'bench-upload');
const mediaDir = join(dataDir, 'media');
mkdirSync(dataDir, { recursive: true });
const undos: (() => Promise<unknown>)[] = [async () => rmSync(dataDir, { recursive: true, force: true })];
try {
  const log = { warn: say, info: () => undefined };
  const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, log);
  undos.push(() => mongod.stop(5_000));
  Object.assign(process.env, { MEDIA_DIR: mediaDir, MEDIA_STORE: 'disk', RATE_LIMIT_UPLOADS: '1000000' });
  const ours = await startOurs(mongod.uri, 'bench_upload', undefined);
  undos.push(() => ours.stop());
  if (!(await measure(ours.port, ours.pids()[0]!, mediaDir))) process.exitCode = 1;
} finally {
  for (const undo of undos.reverse()) await undo();
}
