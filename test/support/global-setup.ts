import { startMongod, type TestMongod } from '#test/support/mongod.ts';

declare global {
  var testMongod: TestMongod | undefined;
}

/** One replica set for the whole run; its address is in TEST_MONGO_URI. Fails the run when there is none to be had. */
export default async function setUp(): Promise<void> {
  globalThis.testMongod = await startMongod();
  process.env.TEST_MONGO_URI = globalThis.testMongod.uri;
}
