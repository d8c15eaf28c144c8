import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fuzz } from '#tools/fuzz/schemathesis.ts';
import { type Cast, startCast, stopCast } from '#test/http/support/cast.ts';

/** A short run of what `npm run fuzz` does, always with the same requests. */
const SECONDS = 4;

const UNLIMITED = {
  RATE_LIMIT_READS: '0',
  RATE_LIMIT_WRITES: '0',
  RATE_LIMIT_UPLOADS: '0',
  AUTH_RATE_LIMIT_MAX: '1000000',
};

describe.each(['open', 'strict'] as const)('in %s mode', (mode) => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await startCast(mode, { ...UNLIMITED, LOG_LEVEL: 'error' });
  }, 60_000);
  afterAll(() => stopCast(cast), 30_000);

  it('whatever the description allows or forbids is answered as it says, and never with a fault of ours', async () => {
    const { ok, report } = await fuzz({ url: cast.program.url, seconds: SECONDS, seed: 1 });
    expect([ok, ok ? '' : report.slice(-20_000)]).toEqual([true, '']);
  }, 240_000);
});
