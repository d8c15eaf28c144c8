import type { Middleware, ServiceBroker } from 'moleculer';
import { Fault } from '#shared/errors.ts';

/** What of the NATS transporter is looked at: its client tells when the connection is lost and found again. */
interface NatsTransporter {
  client: {
    status(): AsyncIterable<{ type: string; data: unknown }>;
    flush(): Promise<void>;
  };
}
interface Discoverer {
  discoverAllNodes(): Promise<unknown>;
  sendLocalNodeInfo(): Promise<unknown>;
}

/** Whether this process reaches NATS; one object a broker. */
export class NatsConnection {
  /** Null while there is a connection, else what is wrong. */
  problem: string | null = 'not connected yet';

  /**
   * Remote calls fail at once while NATS is away, before anything has left: the client would keep them and send them
   * when it is back, long after their callers were told. Nodes are asked for again as soon as NATS is back, without
   * waiting for their heartbeats.
   */
  middleware(): Middleware {
    return {
      name: 'NatsConnection',
      created: (broker: ServiceBroker) => {
        broker.localBus.on('$transporter.connected', () => void this.#watch(broker));
      },
      started: (broker: ServiceBroker) => this.#introduce(broker),
      remoteAction: (next) => {
        const problem = () => this.problem;
        return function unlessAway(ctx) {
          const away = problem();
          return away ? Promise.reject(new Fault('service_unavailable', `NATS: ${away}`)) : next.call(this, ctx);
        };
      },
    };
  }

  /**
   * Tells the others what runs here before the process counts as ready. Moleculer tells them a second after the last
   * service was made: whoever stopped another instance in that second stopped the only one that callers knew.
   */
  async #introduce(broker: ServiceBroker): Promise<void> {
    if (this.problem) return;
    const { client } = broker.transit!.tx as unknown as NatsTransporter;
    const { discoverer } = broker.transit as unknown as { discoverer: Discoverer };
    try {
      await discoverer.sendLocalNodeInfo();
      await client.flush();
    } catch (error) {
      broker.logger.warn('NATS: lost before the others were told; they are when it is back', error);
    }
  }

  async #watch(broker: ServiceBroker): Promise<void> {
    this.problem = null;
    const { client } = broker.transit!.tx as unknown as NatsTransporter;
    const { discoverer } = broker.transit as unknown as { discoverer: Discoverer };
    for await (const { type } of client.status()) {
      if (type === 'disconnect' || type === 'staleConnection') {
        if (!this.problem) broker.logger.warn('NATS: the connection is lost');
        this.problem = 'the connection is lost';
      } else if (type === 'reconnect') {
        this.problem = null;
        broker.logger.info('NATS: connected again');
        await Promise.all([discoverer.sendLocalNodeInfo(), discoverer.discoverAllNodes()]);
      }
    }
    this.problem = 'the connection is closed';
  }
}
