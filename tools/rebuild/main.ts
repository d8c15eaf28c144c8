import { parseArgs } from 'node:util';
import { config, ConfigError } from '#shared/config.ts';
import { canonicalRoom } from '#shared/room-id.ts';
import { withDatabase } from '#tools/database.ts';
import { meter } from '#tools/meter.ts';
import { isTold } from '#tools/told-error.ts';
import { rebuild } from '#tools/rebuild/rebuild.ts';

const USAGE = `Makes the latest windows in read_messages_latest anew, while the cluster serves. Safe to interrupt and repeat.

  npm run rebuild                  those that are missing, void or behind
  npm run rebuild -- --all         all
  npm run rebuild -- --room ID     that of one room: a group's id, or dm:alice|bob
`;

try {
  const { values } = parseArgs({
    options: {
      room: { type: 'string' },
      all: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) process.stdout.write(USAGE);
  else {
    const room = values.room === undefined ? {} : { room: canonicalRoom(values.room) };
    const { rebuilt, current } = await withDatabase(config(), (db) =>
      rebuild(db, { ...room, all: values.all, meter: (total) => meter('rooms', total) }),
    );
    if (values.room !== undefined && rebuilt === 0)
      throw new ConfigError(`--room ${values.room}: there is no such room`);
    process.stdout.write(`${rebuilt} windows rebuilt, ${current} were up to date\n`);
  }
} catch (error) {
  if (!isTold(error)) throw error;
  process.stderr.write(`rebuild: ${error.message}\n`);
  process.exitCode = 1;
}
