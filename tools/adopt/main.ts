import { config } from '#shared/config.ts';
import { optionsOf, USAGE } from '#tools/adopt/options.ts';
import { run } from '#tools/adopt/run.ts';
import { isTold } from '#tools/told-error.ts';

/** `npm run adopt`: a database of the older service becomes ours. Resolves to the exit code. */
async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  // npm hands on a Ctrl-C that the terminal has sent already: the second one means nothing.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  try {
    const settings = config();
    const options = optionsOf(args, settings.mongoDbName);
    process.stdout.write(options.help ? USAGE : await run(options, settings, stop.signal));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('Interrupted. Run it again to go on.\n');
      return 130;
    }
    if (!isTold(error)) throw error;
    process.stderr.write(`adopt: ${error.message}\n`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
