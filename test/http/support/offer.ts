import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startProgram, type RunningProgram } from '#test/support/program.ts';

/** Where the shared gateway is, for a test file. */
export interface OfferedGateway {
  /** Without `/api`. */
  url: string;
  mongoUri: string;
  databaseName: string;
}

/** Starts a gateway when the first test file asks for one; all files of the run share it. */
export interface Offer {
  /** Where to ask. */
  url: string;
  /** Stops the gateway, if one was asked for; rejects unless it ended as it should. */
  withdraw(): Promise<void>;
}

const DATABASE = 'test_http';

/** Offers a program on a database of this replica set. It lives in jest's own process, which outlives the test files. */
export async function offerGateway(mongoUri: string): Promise<Offer> {
  let starting: Promise<RunningProgram> | undefined;
  const start = () => {
    const env = {
      MONGO_URI: mongoUri,
      MONGO_DB_NAME: DATABASE,
      LOG_FORMAT: 'json',
      // Nobody listens there: everybody is offline.
      API_URL: 'http://127.0.0.1:9/api',
    };
    return (starting ??= startProgram({ env }));
  };
  const server = createServer((_request, response) => {
    start().then(
      ({ url }) => response.end(JSON.stringify({ url, mongoUri, databaseName: DATABASE } satisfies OfferedGateway)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async withdraw() {
      server.closeAllConnections();
      server.close();
      if (!starting) return;
      const program = await starting;
      program.kill('SIGTERM');
      const { code, signal } = await program.exited;
      const { stdout, stderr } = program.output();
      if (code !== 0) throw new Error(`the program ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
    },
  };
}
