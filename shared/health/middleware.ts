import type { Middleware, ServiceBroker } from 'moleculer';
import { actionMetrics, collectProcessMetrics } from '#shared/health/metrics.ts';
import { readiness } from '#shared/health/readiness.ts';
import { HealthServer } from '#shared/health/server.ts';
import type { NatsConnection } from '#shared/transport/connection.ts';

/**
 * The health port of a process, and the counting that it tells of. It listens before the services start, so that a
 * process that waits for its servers says so.
 */
export function healthMiddlewares(host: string, port: number, nats: NatsConnection | undefined): Middleware[] {
  const server = new HealthServer(readiness);
  let started = false;
  const lifecycle: Middleware = {
    name: 'Health',
    async starting(broker: ServiceBroker) {
      collectProcessMetrics();
      readiness.need('services', async () => (started ? null : 'not all have started'));
      if (nats) readiness.need('nats', async () => nats.problem);
      const bound = await server.listen(host, port);
      broker.logger.info(`health and metrics: http://${host}:${bound}/health/ready`);
    },
    async started() {
      started = true;
    },
    async stopped() {
      await server.close();
    },
  };
  return [lifecycle, actionMetrics];
}
