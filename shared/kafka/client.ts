import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, type SASLOptions } from 'kafkajs';
import type { Config } from '#shared/config.ts';
import { kafkajsLog, type KafkaLogger } from '#shared/kafka/log.ts';
import { registerZstd } from '#shared/kafka/zstd.ts';

/** What is read of the configuration. */
export type KafkaConfig = Pick<Config, 'kafkaBootstrap' | 'kafkaClientId' | 'kafkaPartitions' | 'kafkaReplication'> &
  Partial<Pick<Config, 'kafkaTls' | 'kafkaSasl'>>;

/**
 * Waits between the tries of one call, in ms, and how many: together about 20 s. Whoever calls tries again after that,
 * so that it can look around in between (a topic that is gone is made again).
 */
export const RETRY = { initialRetryTime: 100, maxRetryTime: 3_000, retries: 10 };
/** A connection within one data centre that takes longer won't come, in ms. */
const CONNECTION_TIMEOUT_MS = 3_000;
const KEEP_ALIVE_MS = 60_000;

export interface Client {
  kafka: Kafka;
  /** Ends every connection now, and every try that is under way within 3 s. */
  cut(): void;
}

/**
 * A kafkajs client of its own, not connected. Its calls go on trying for as long as kafkajs is told to; `cut` is what
 * ends them, since kafkajs itself has no way to.
 */
export function createClient(
  { kafkaBootstrap, kafkaClientId, kafkaTls = false, kafkaSasl }: KafkaConfig,
  logger: KafkaLogger,
): Client {
  registerZstd();
  const sockets = new Set<Socket>();
  let closed = false;
  const kafka = new Kafka({
    // An empty list is the one failure to connect that ends kafkajs' tries: a refused socket alone does not.
    brokers: async () => (closed ? [] : [...kafkaBootstrap]),
    clientId: kafkaClientId,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    retry: RETRY,
    logCreator: kafkajsLog(logger),
    ssl: kafkaTls,
    // A copy: kafkajs keeps a function of its own in it.
    ...(kafkaSasl && { sasl: { ...kafkaSasl } as SASLOptions }),
    socketFactory({ host, port, onConnect }) {
      if (closed) throw new Error('the Kafka client is closed');
      const socket = kafkaTls
        ? connectTls({ host, port, servername: isIP(host) ? '' : host }, onConnect).setNoDelay()
        : connect({ host, port, noDelay: true }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      return socket;
    },
  });
  return {
    kafka,
    cut() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The error that started it all: kafkajs wraps errors in others, some of which say less. */
export function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 10 && root instanceof Error && root.cause !== undefined; depth += 1) root = root.cause;
  return root;
}
