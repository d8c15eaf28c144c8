/** Stops what the global setup started. */
export default async function tearDown(): Promise<void> {
  await globalThis.testMongod?.stop();
}
