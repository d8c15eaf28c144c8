import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import webPush from 'web-push';
import { startCluster } from '#test/support/cluster.ts';
import { startProgram } from '#test/support/program.ts';

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

/** What is offered: the whole in one process, as `npm start` runs it, or one process a service, two where it can matter. */
export type Shape = 'program' | 'cluster';

interface Started {
  /** Without `/api`. */
  gateways: string[];
  /** Rejects unless it ended as it should. */
  stop(): Promise<void>;
}

type Environment = Record<string, string>;

async function theProgram(env: Environment): Promise<Started> {
  const program = await startProgram({ env });
  return {
    gateways: [program.url],
    async stop() {
      program.kill('SIGTERM');
      const { code, signal } = await program.exited;
      const { stdout, stderr } = program.output();
      if (code !== 0) throw new Error(`the program ended with ${code ?? signal}:\n${stdout}\n${stderr}`);
    },
  };
}

async function aCluster(env: Environment): Promise<Started> {
  const cluster = await startCluster({ instances: { 'api-gateway': 2, groups: 2, messages: 2, dm: 2 }, env });
  return {
    gateways: cluster.gateways,
    async stop() {
      const { code } = await cluster.stop();
      if (code !== 0) throw new Error(`the cluster ended with ${code}:\n${cluster.output().stdout}`);
    },
  };
}

const STARTS: Record<Shape, (env: Environment) => Promise<Started>> = { program: theProgram, cluster: aCluster };

/**
 * Offers gateways on a database of this replica set, to one file after the other in turn. They live in jest's own
 * process, which outlives the test files.
 */
export async function offerGateway(mongoUri: string, shape: Shape): Promise<Offer> {
  const { publicKey, privateKey } = webPush.generateVAPIDKeys();
  let starting: Promise<Started> | undefined;
  const start = () => {
    const env = {
      MONGO_URI: mongoUri,
      MONGO_DB_NAME: DATABASE,
      LOG_FORMAT: 'json',
      // All files sign up from one address.
      AUTH_RATE_LIMIT_MAX: '1000000',
      // Nobody listens there: everybody is offline.
      API_URL: 'http://127.0.0.1:9/api',
      VAPID_PUBLIC_KEY: publicKey,
      VAPID_PRIVATE_KEY: privateKey,
    };
    return (starting ??= STARTS[shape](env));
  };
  let asked = 0;
  const next = async (): Promise<OfferedGateway> => {
    const { gateways } = await start();
    return { url: gateways[asked++ % gateways.length]!, mongoUri, databaseName: DATABASE };
  };
  const server = createServer((_request, response) => {
    next().then(
      (offered) => response.end(JSON.stringify(offered)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async withdraw() {
      server.closeAllConnections();
      server.close();
      if (starting) await (await starting).stop();
    },
  };
}
