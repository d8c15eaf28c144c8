import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startProgram } from '#tools/fuzz/program.ts';
import { fuzz } from '#tools/fuzz/schemathesis.ts';

/** `npm run fuzz`: everything that the description of the API allows and forbids, asked of a fresh program in each mode. */

const USAGE = `Asks a fresh program, in both modes, whatever its API description allows and forbids.

  npm run fuzz -- [--seconds N] [--seed N]

  --seconds N   for each mode; default 600
  --seed N      the same requests again
`;

const MODES = ['open', 'strict'] as const;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const seed = values.seed === undefined ? {} : { seed: Number(values.seed) };
  let failed = false;
  for (const mode of MODES) {
    process.stdout.write(`\nAUTH_MODE=${mode}\n`);
    const dataDir = mkdtempSync(join(tmpdir(), 'truematch-fuzz-'));
    const program = await startProgram({
      AUTH_MODE: mode,
      JWT_SECRET: randomBytes(32).toString('base64url'),
      DATA_DIR: dataDir,
      // In strict mode there is no administration without it.
      ...(mode === 'strict' && { ADMIN_TOKEN: randomBytes(32).toString('base64url') }),
    });
    try {
      const { ok } = await fuzz({ url: program.url, seconds: Number(values.seconds), ...seed, output: process.stdout });
      failed ||= !ok;
    } finally {
      await program.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  return failed ? 1 : 0;
}

process.exitCode = await main();
