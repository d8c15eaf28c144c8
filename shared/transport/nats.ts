import type { BrokerOptions } from 'moleculer';
import { DEADLINES } from '#shared/deadline.ts';
import { NatsConnection } from '#shared/transport/connection.ts';
import { fragments } from '#shared/transport/fragments.ts';

/**
 * How services find and call each other when they are processes of their own; each setting with its reason.
 * CBOR: ready-made bytes cross as bytes (in JSON a Buffer grows fourfold), and objects no slower than in JSON.
 */
export function natsOptions(url: string, connection: NatsConnection): BrokerOptions {
  return {
    transporter: {
      type: 'NATS',
      options: {
        url,
        // A process may start before NATS: it waits, and it never gives up on a server that went away.
        waitOnFirstConnect: true,
        maxReconnectAttempts: -1,
        // First success within 2 s of the return: several tries in that time.
        reconnectTimeWait: 250,
        reconnectJitter: 100,
        // A frozen server is noticed after two pings.
        pingInterval: 2_000,
        maxPingOut: 2,
      },
    },
    serializer: 'CBOR',
    // A dead node is left out after 4 s; callers try another instance before that.
    heartbeatInterval: 1,
    heartbeatTimeout: 4,
    registry: { strategy: 'RoundRobin', preferLocal: true },
    // Waiting calls of one process; beyond it they are refused at once instead of piling up.
    transit: { maxQueueSize: 20_000 },
    // A stopping node finishes its calls under way: as long as the longest of them may take.
    tracking: { enabled: true, shutdownTimeout: DEADLINES.call + 1_000 },
    middlewares: [connection.middleware(), fragments()],
  };
}
