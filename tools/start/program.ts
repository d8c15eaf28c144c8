import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { type Config, useConfig } from '#shared/config.ts';
import { openDatabase, type Database } from '#tools/start/database.ts';
import { checkListen, listenProblem } from '#tools/start/listen-check.ts';
import { GATEWAY, gatewayAddress, loadServices } from '#tools/start/services.ts';
import type { SupervisorLog } from '#tools/mongod/supervise.ts';
import { within } from '#tools/start/within.ts';

/**
 * When each step of stopping must be over, in ms from its begin; all of it within 5 s. The gateway lets requests finish
 * for 4 s and then answers them 503.
 */
const STOP = { gateway: 4_300, services: 4_600, mongod: 4_800, atLeastForMongod: 200 };

/** Everything in one process: the database, where it is ours, and one broker with all services. */
export class Program {
  readonly #config: Config;
  readonly #log: SupervisorLog;
  #database: Database | undefined;
  #broker: ServiceBroker | undefined;

  constructor(config: Config, log: SupervisorLog) {
    this.#config = config;
    this.#log = log;
  }

  /** Starts it all. Answers what the ready block tells. Throws ConfigError with one line for what a person can put right. */
  async start(): Promise<{ address: { host: string; port: number } | undefined; database: Database }> {
    await checkListen(this.#config);
    this.#database = await openDatabase(this.#config, this.#log);
    const config = { ...this.#config, mongoUri: this.#database.uri };
    useConfig(config);
    const broker = new ServiceBroker(brokerOptions(config));
    this.#broker = broker;
    for (const schema of await loadServices()) broker.createService(schema);
    try {
      await broker.start();
    } catch (error) {
      // Somebody else took the port since it was tried.
      throw listenProblem(error, config) ?? error;
    }
    return { address: gatewayAddress(broker), database: this.#database };
  }

  /** Stops the gateway, so that requests under way finish, then the services, then the database. Never rejects. */
  async stop(): Promise<void> {
    const begin = performance.now();
    const left = (until: number) => Math.max(1, until - (performance.now() - begin));
    const broker = this.#broker;
    if (broker?.getLocalService(GATEWAY))
      await within(left(STOP.gateway), 'the gateway', broker.destroyService(GATEWAY), this.#log);
    if (broker) await within(left(STOP.services), 'the services', broker.stop(), this.#log);
    const mongod = this.#database?.mongod;
    if (mongod) await mongod.stop(Math.max(STOP.atLeastForMongod, left(STOP.mongod)));
  }

  /** Tells a `mongod` of ours to stop, without waiting for it. */
  abandon(): void {
    this.#database?.mongod?.abandon();
  }
}
