import { setTimeout as sleep } from 'node:timers/promises';
import { config, ConfigError } from '#shared/config.ts';
import { createLogger, describeError } from '#shared/logger.ts';
import { Program } from '#tools/start/program.ts';
import { readyBlock } from '#tools/start/ready-block.ts';

/** npm hands on a Ctrl-C that the terminal has sent already: two so close together are one. */
const SAME_KEY_PRESS_MS = 500;
/** How long Ctrl-C waits for a start under way, so that it leaves no half-started database behind. */
const STARTING_MS = 3_000;

function fail(error: unknown): void {
  process.exitCode = 1;
  if (error instanceof ConfigError) process.stderr.write(`truematch: ${error.message}\n`);
  else process.stderr.write(`truematch: could not start: ${describeError(error).stack}\n`);
}

async function main(): Promise<void> {
  const settings = config();
  const logger = createLogger(settings).child({ svc: 'start' });
  const program = new Program(settings, logger);
  const starting = program.start();

  let firstSignal: number | undefined;
  const onSignal = async () => {
    if (firstSignal !== undefined) {
      if (performance.now() - firstSignal < SAME_KEY_PRESS_MS) return;
      program.abandon();
      process.exit(130);
    }
    firstSignal = performance.now();
    await Promise.race([starting.catch(() => undefined), sleep(STARTING_MS)]);
    await program.stop();
    process.exit(0);
  };
  process.on('SIGINT', () => void onSignal());
  process.on('SIGTERM', () => void onSignal());

  const crash = (error: unknown) => {
    logger.fatal({ err: error }, 'an error that nobody handled: the program ends');
    program.abandon();
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);

  try {
    const { address, database } = await starting;
    if (firstSignal === undefined) process.stdout.write(`${readyBlock(settings, address, database)}\n`);
  } catch (error) {
    if (firstSignal !== undefined) return;
    fail(error);
    await program.stop();
    process.exit();
  }
}

try {
  await main();
} catch (error) {
  fail(error);
}
