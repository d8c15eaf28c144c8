import { parseArgs } from 'node:util';
import { config, ConfigError } from '#shared/config.ts';
import type { Incoming } from '#shared/kafka/batch.ts';
import { canonicalRoom } from '#shared/room-id.ts';
import { eachDeadLetter, letterJson, letterLine, retryDeadLetters } from '#tools/events/dead-letters.ts';
import { type EventsConfig, withKafka } from '#tools/events/kafka.ts';
import { tail } from '#tools/events/tail.ts';
import { meter } from '#tools/meter.ts';
import { progress } from '#tools/mongod/progress.ts';
import { isTold } from '#tools/told-error.ts';

const USAGE = `Looks into Kafka, while the cluster serves. Safe to interrupt and repeat.

  npm run events -- tail                events as they come, a line each
  npm run events -- tail --room ID      of one room: a group's id, or dm:alice|bob
  npm run events -- tail --all          from the oldest that Kafka still has
  npm run events -- dlq list            what the read model put aside, and why; --all: also what was retried
  npm run events -- dlq retry           sends these to the topics they came from

  --json: whole messages, one a line, for other programs
`;

const counted = (total: number) => meter('dead letters', total);
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Flags {
  room?: string;
  all: boolean;
  json: boolean;
}

async function run(command: string, kafka: EventsConfig, { room, all, json }: Flags): Promise<void> {
  switch (command) {
    case 'tail': {
      const ended = new AbortController();
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ended.abort());
      // Whoever read the lines has gone: `… | head`.
      process.stdout.once('error', () => ended.abort());
      const only = room === undefined ? {} : { room: canonicalRoom(room) };
      return tail(kafka, { ...only, all, json }, process.stdout, ended.signal);
    }
    case 'dlq list': {
      const see = (letter: Incoming) => say(json ? letterJson(letter) : letterLine(letter));
      // On a terminal the lines themselves tell how far it is.
      const shown = process.stdout.isTTY ? () => ({ step() {}, end() {} }) : counted;
      const count = await eachDeadLetter(kafka, { all, meter: shown }, see);
      return progress(`${count} dead letters${all ? '' : ' that were not retried'}`);
    }
    case 'dlq retry': {
      const { sent, skipped } = await retryDeadLetters(kafka, counted, progress);
      return say(`${sent} sent again, ${skipped} passed over`);
    }
    default:
      throw new ConfigError(`${command || 'nothing'}: is not known; npm run events -- --help tells what is`);
  }
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      room: { type: 'string' },
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) process.stdout.write(USAGE);
  else await run(positionals.join(' '), withKafka(config({ startsKafka: true })), values);
} catch (error) {
  process.exitCode = 1;
  if (!isTold(error)) throw error;
  process.stderr.write(`events: ${error.message}\n`);
}
