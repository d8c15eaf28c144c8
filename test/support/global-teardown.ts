/** Stops what the global setup started. */
export default async function tearDown(): Promise<void> {
  try {
    await globalThis.testGatewayOffer?.withdraw();
  } finally {
    await globalThis.testMongod?.stop();
  }
}
