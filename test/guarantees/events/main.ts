import { parseArgs } from 'node:util';
import { eventsDrill } from '#test/guarantees/events/drill.ts';

/** `npm run guarantees -- events [--changes 20000] [--rooms 100] [--away 30]` */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    changes: { type: 'string', default: '20000' },
    rooms: { type: 'string', default: '100' },
    away: { type: 'string', default: '30' },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);
const result = await eventsDrill({
  changes: Number(values.changes),
  rooms: Number(values.rooms),
  awayMs: Number(values.away) * 1_000,
  tell: say,
});
say(
  `${result.changes} changes stored, ${result.arrived} events arrived, caught up ${result.caughtUpMs} ms after the last write`,
);
const { rooms, messages, windows, differences } = result.verified;
say(`${rooms} rooms, ${messages} messages, ${windows.usable} windows in use: ${differences} differences`);
for (const problem of result.problems.slice(0, 50)) say(problem);
say(
  result.problems.length === 0
    ? 'every change is there, in order, and was read by who made it'
    : `${result.problems.length} problems`,
);
process.exit(result.problems.length === 0 ? 0 : 1);
