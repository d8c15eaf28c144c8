import { offerGateway, type Offer } from '#test/http/support/offer.ts';
import { startMongod, type TestMongod } from '#test/support/mongod.ts';

declare global {
  var testMongod: TestMongod | undefined;
  var testGatewayOffer: Offer | undefined;
}

/**
 * One replica set for the whole run; its address is in TEST_MONGO_URI. Fails the run when there is none to be had.
 * And a gateway on it that starts when it is asked for: of one process, or of a cluster where TEST_SHAPE says so.
 */
export default async function setUp(): Promise<void> {
  globalThis.testMongod = await startMongod();
  process.env.TEST_MONGO_URI = globalThis.testMongod.uri;
  globalThis.testGatewayOffer = await offerGateway(
    globalThis.testMongod.uri,
    process.env.TEST_SHAPE === 'cluster' ? 'cluster' : 'program',
  );
  process.env.TEST_GATEWAY_OFFER = globalThis.testGatewayOffer.url;
}
