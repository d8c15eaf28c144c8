/**
 * `npm run test:long` makes the ledgers larger and the outages longer; `npm test` keeps them small, because it is to end
 * within ten minutes on two cores.
 */
const LONG = process.env.TEST_LONG === 'true';

/** How long NATS is away, in ms. */
export const OUTAGE_MS = LONG ? 30_000 : 8_000;

/** Writes that are read again through the other gateway, and how many are under way at once. */
export const FRESH_WRITES = LONG ? 10_000 : 1_000;
