import { type BrokerOptions, Validators } from 'moleculer';
import type { Config } from '#shared/config.ts';
import { DEADLINES } from '#shared/deadline.ts';
import { healthMiddlewares } from '#shared/health/middleware.ts';
import { createLogger, moleculerLogger } from '#shared/logger.ts';
import { databaseFaults } from '#shared/mongo-faults.ts';
import { readyBytes } from '#shared/ready-bytes.ts';
import { requestScope } from '#shared/request-scope.ts';
import { VALIDATOR_OPTIONS } from '#shared/schema.ts';
import { NatsConnection } from '#shared/transport/connection.ts';
import { natsOptions } from '#shared/transport/nats.ts';
import { registerRoomShard } from '#shared/transport/room-shard.ts';

/**
 * How long a stopping service waits for its calls under way, in ms, when all are in one process. The gateway has drained
 * for 4 s by then, and all must be over after 5.
 */
const DRAIN_MS = 500;

/** The broker of a process: without NATS all services are in this one. */
export function brokerOptions(config: Config): BrokerOptions {
  registerRoomShard();
  const nats = config.natsUrl === '' ? undefined : new NatsConnection();
  const transport = nats ? natsOptions(config.natsUrl, nats) : {};
  const health = config.healthPort === null ? [] : healthMiddlewares(config.host, config.healthPort, nats);
  return {
    ...(config.nodeId === '' ? {} : { nodeID: config.nodeId }),
    logger: { type: 'Pino', options: { level: config.logLevel, createLogger: moleculerLogger(createLogger(config)) } },
    validator: new Validators.Fastest({ ...VALIDATOR_OPTIONS }),
    requestTimeout: DEADLINES.call,
    // The program that starts the broker stops it: the gateway first, so that requests under way finish.
    skipProcessEventRegistration: true,
    tracking: { enabled: true, shutdownTimeout: DRAIN_MS },
    contextParamsCloning: false,
    metrics: false,
    tracing: false,
    // $node.* answers the REPL's questions (services, actions, health).
    internalServices: true,
    ...transport,
    middlewares: [...(transport.middlewares ?? []), ...health, readyBytes, databaseFaults, requestScope],
  };
}
