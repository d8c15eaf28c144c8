import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { BareSetup } from '#tools/bench/peers/bare-server.ts';

/** The same bytes as the bare server's, by a framework that is known to be fast. */
async function serve(setup: BareSetup): Promise<void> {
  const app = fastify();
  for (const [path, { status, headers, body }] of Object.entries(setup)) {
    const pairs = Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])));
    const bytes = Buffer.from(body);
    app.get(path, async (_request, reply) =>
      reply
        .code(status)
        .headers(pairs)
        .send(bytes.length > 0 ? bytes : null),
    );
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  process.send!((app.server.address() as AddressInfo).port);
}

process.once('message', (setup: BareSetup) => void serve(setup));
// Nobody measures any more.
process.once('disconnect', () => process.exit(0));
