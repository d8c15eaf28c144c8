import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { config } from '#shared/config.ts';
import { fillOldDatabase } from '#tools/adopt/drill/old-database.ts';
import { type Measured, measureRun } from '#tools/adopt/drill/measure.ts';
import { isBusy, loadBefore, machineOf } from '#tools/bench/machine.ts';
import { superviseMongod } from '#tools/mongod/supervise.ts';

/** `npm run adopt-drill`: how long an adoption takes and how much memory, on a MongoDB of its own. */

const PAGE = resolve(import.meta.dirname, '../../../docs/moving-in.md');
const NAME = 'old';
const say = (line: string) => process.stderr.write(`${line}\n`);

const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
const table = (rows: string[][]): string => rows.map((row) => `| ${row.join(' | ')} |`).join('\n');

function textOf(machine: string[][], messages: number, { seconds, stages, memory }: Measured): string {
  const rows = stages.map(({ name, ms, count }) => {
    const rate = count > 1_000 ? `${Math.round(count / (ms / 1_000)).toLocaleString('en')}/s` : '';
    return [name, (ms / 1_000).toFixed(1), rate];
  });
  const memoryRows = memory.map(({ part, rss }) => [part, mib(rss)]);
  return [
    table([['machine', ''], ['---', '---'], ...machine]),
    '',
    `${messages.toLocaleString('en')} messages in place, ${seconds.toFixed(0)} s in all, ` +
      `${Math.round(messages / seconds).toLocaleString('en')} messages a second:`,
    '',
    table([['step', 'seconds', 'rate'], ['---', '---:', '---:'], ...rows]),
    '',
    'Memory of the tool does not grow with the database:',
    '',
    table([['of its time', 'most memory'], ['---', '---:'], ...memoryRows]),
  ].join('\n');
}

async function drill(messages: number, write: boolean): Promise<void> {
  const dataDir = join(config().dataDir, 'adopt-drill');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, { warn: say, info: say });
  try {
    const client = await MongoClient.connect(mongod.uri);
    say(`filling: ${messages} messages`);
    await fillOldDatabase(client.db(NAME), messages, true);
    await client.close();
    const load = loadBefore();
    if (isBusy(load)) say(`The machine is busy (load ${load.toFixed(1)}): the figures will say so.`);
    const measured = await measureRun(mongod.uri.replace('/?', `/${NAME}?`), dataDir);
    const machine = machineOf(mongod.origin, load).filter(([name]) => name !== 'System');
    const text = textOf(machine, messages, measured);
    process.stdout.write(`${text}\n`);
    if (!write) return;
    const page = readFileSync(PAGE, 'utf8');
    writeFileSync(PAGE, page.replace(/(<!-- measured -->\n)[^]*(<!-- end -->)/, `$1\n${text}\n\n$2`));
  } finally {
    await mongod.stop(10_000);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const { values } = parseArgs({
  options: { messages: { type: 'string', default: '1000000' }, write: { type: 'boolean', default: false } },
});
await drill(Number(values.messages), values.write);
