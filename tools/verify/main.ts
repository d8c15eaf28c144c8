import { parseArgs } from 'node:util';
import { config } from '#shared/config.ts';
import { canonicalRoom } from '#shared/room-id.ts';
import { withDatabase } from '#tools/database.ts';
import { meter } from '#tools/meter.ts';
import { isTold } from '#tools/told-error.ts';
import { type Verified, verify } from '#tools/verify/verify.ts';

const USAGE = `Compares heads, messages and latest windows with what the log and the documents say, while the cluster serves.
Writes nothing. Prints each difference; ends with 0 when there is none, 1 when there is one, 2 when it could not look.

  npm run verify                   all rooms
  npm run verify -- --room ID      one room: a group's id, or dm:alice|bob
`;

function summary({ rooms, messages, windows, differences }: Verified): string {
  const { usable, outdated, none } = windows;
  return [
    `${rooms} rooms, ${messages} messages; `,
    `stored windows: ${usable} in use, ${outdated} further behind than the log reaches, ${windows.void} void, ${none} missing\n`,
    differences === 0 ? 'no difference\n' : `${differences} differences\n`,
  ].join('');
}

try {
  const { values } = parseArgs({
    options: { room: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) process.stdout.write(USAGE);
  else {
    const room = values.room === undefined ? {} : { room: canonicalRoom(values.room) };
    const verified = await withDatabase(config(), (db) =>
      verify(db, {
        ...room,
        meter: (total) => meter('rooms', total),
        report: (one) => process.stdout.write(`${one.room}\t${one.kind}\t${one.text}\n`),
      }),
    );
    process.stdout.write(summary(verified));
    process.exitCode = verified.differences === 0 ? 0 : 1;
  }
} catch (error) {
  process.exitCode = 2;
  if (!isTold(error)) throw error;
  process.stderr.write(`verify: ${error.message}\n`);
}
