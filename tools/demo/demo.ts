import { ConfigError } from '#shared/config.ts';
import { users } from '#tools/demo/cast.ts';
import { DemoError, optionsOf, USAGE, type Options } from '#tools/demo/options.ts';
import { run, type Played } from '#tools/demo/run.ts';

/** `npm run demo`: fills a running instance with a lively sample, through its HTTP API. */

function summary({ tally, groups, seconds, requests }: Played, { url, users: count }: Options): string {
  const [room] = groups;
  const origin = new URL(url).origin;
  const [first] = users(count);
  return [
    `New: ${tally.groups} groups, ${tally.messages} messages, ${tally.reactions} reactions, ${tally.edits} edits, ` +
      `${tally.deletions} deletions, ${tally.colours} colours. There already: ${tally.there} messages.`,
    `${requests} requests in ${seconds.toFixed(1)} s.`,
    '',
    'Have a look:',
    `  ${url}/groups?includeMembers=true`,
    `  ${url}/messages/${room?.id}/latest?count=20`,
    `  ${url}/dm/threads?user=${first?.username}`,
    `  ${origin}/docs`,
    '',
  ].join('\n');
}

/** Runs it; resolves to the exit code. */
async function main(args: string[]): Promise<number> {
  const stop = new AbortController();
  // npm hands on a Ctrl-C that the terminal has sent already: the second one means nothing.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
  try {
    const options = optionsOf(args);
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    process.stdout.write(summary(await run(options, stop.signal), options));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('Interrupted. Run it again to go on: nothing is added twice.\n');
      return 130;
    }
    const usage = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!usage && !(error instanceof DemoError) && !(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n${usage ? USAGE : ''}`);
    return 1;
  }
}

process.exitCode = await main(process.argv.slice(2));
