/**
 * TEST_LONG=true makes the ledgers larger and the outages longer; else they are small, because `npm test` is to end soon.
 */
const LONG = process.env.TEST_LONG === 'true';

/** How long NATS is away, in ms. */
export const OUTAGE_MS = LONG ? 30_000 : 8_000;

/** Writes that are read again through the other gateway, and how many are under way at once. */
export const FRESH_WRITES = LONG ? 10_000 : 1_000;
