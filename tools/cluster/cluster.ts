import { mkdirSync } from 'node:fs';
import { type Config, ConfigError } from '#shared/config.ts';
import { endLeftovers } from '#tools/cluster/leftovers.ts';
import { Member } from '#tools/cluster/member.ts';
import type { Instances } from '#tools/cluster/options.ts';
import type { Output, Say } from '#tools/cluster/output.ts';
import { Ports } from '#tools/cluster/ports.ts';
import { GATEWAY } from '#tools/cluster/service-names.ts';
import { serversOfCluster } from '#tools/cluster/servers.ts';
import {
  lastClusterState,
  removeClusterState,
  runningCluster,
  writeClusterState,
  type ClusterState,
} from '#tools/cluster/state.ts';
import { identify } from '#tools/mongod/process-id.ts';
import type { OpenServers } from '#tools/servers/open.ts';
import { withoutPassword } from '#tools/start/database.ts';

/** A stopping process drains for 10 s at most. */
const GRACE_MS = 10_000;

const isGateway = (one: { service: string }): boolean => one.service === GATEWAY;

/** Throws ConfigError with one line. */
function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (error) {
    throw new ConfigError(`DATA_DIR=${dataDir}: cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** NATS, Kafka, MongoDB and one process a service and instance, on this machine. */
export class Cluster {
  readonly #config: Config;
  readonly #output: Output;
  readonly #say: Say;
  readonly #ports: Ports;
  #servers: OpenServers | undefined;
  #members: Member[] = [];
  #stopping = false;

  constructor(config: Config, output: Output) {
    this.#config = config;
    this.#output = output;
    this.#say = output.as('cluster');
    this.#ports = new Ports(config);
  }

  /**
   * Starts the servers, then the services, then, once these are ready, the gateways. Resolves when all are ready, or
   * when it is stopped before. Throws ConfigError with one line for what a person can put right.
   */
  async start(instances: Instances): Promise<void> {
    const { dataDir } = this.#config;
    makeFolder(dataDir);
    const other = runningCluster(dataDir);
    if (other) throw new ConfigError(`DATA_DIR=${dataDir}: a cluster runs there already (pid ${other.pid})`);
    const left = await endLeftovers(lastClusterState(dataDir));
    if (left.length > 0) this.#say(`ended what a killed cluster left behind: ${left.join(', ')}`);
    const gatewayPorts = await this.#gatewayPorts(instances[GATEWAY] ?? 0);
    const log = { info: this.#say, warn: this.#say };
    this.#servers = await serversOfCluster(this.#config, log);
    for (const { name, address, origin } of this.#servers.servers)
      this.#say(`${name}: ${withoutPassword(address)} (${origin})`);
    await this.#add(Object.entries(instances).filter(([service]) => service !== GATEWAY));
    await this.#add([[GATEWAY, gatewayPorts.length]], gatewayPorts);
  }

  /** Other numbers of some services. Resolves when the new ones are ready and the ones too many have ended. */
  async scale(instances: Instances): Promise<void> {
    const wanted = Object.entries(instances);
    const tooMany = this.#members.filter((one) => one.instance > (instances[one.service] ?? Infinity));
    await this.#add(wanted);
    await this.#end(tooMany.filter(isGateway));
    await this.#end(tooMany.filter((one) => !isGateway(one)));
  }

  /** Stops the gateways, so that requests under way finish, then the services, then the servers that are ours. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end(this.#members.filter(isGateway));
    await this.#end(this.#members);
    await this.#servers?.stop();
    if (this.#servers) removeClusterState(this.#config.dataDir);
  }

  /** Ends all at once; the servers that are ours are told to stop. */
  abandon(): void {
    for (const member of this.#members) member.kill();
    this.#servers?.abandon();
  }

  /** What others may know. Undefined before the servers are there. */
  get state(): ClusterState | undefined {
    const addressOf = (name: string) => this.#servers?.servers.find((one) => one.name === name)?.address;
    const [natsUrl, mongoUri, id] = [addressOf('nats-server'), addressOf('mongod'), identify(process.pid)];
    if (!natsUrl || !mongoUri || !id) return undefined;
    return {
      ...id,
      natsUrl,
      mongoUri,
      kafkaBootstrap: addressOf('kafka') ?? '',
      processes: this.#members.map((one) => one.state),
    };
  }

  get servers(): OpenServers['servers'] {
    return this.#servers?.servers ?? [];
  }

  /** Tried before anything is started. */
  async #gatewayPorts(count: number): Promise<number[]> {
    const ports: number[] = [];
    for (let instance = 1; instance <= count; instance++) ports.push(await this.#ports.gateway(instance));
    return ports;
  }

  /** Starts processes until there are so many of each service; resolves once they are ready. */
  async #add(wanted: [service: string, count: number][], gatewayPorts: number[] = []): Promise<void> {
    const added: Member[] = [];
    for (const [service, count] of wanted)
      for (let instance = 1; instance <= count; instance++) {
        if (this.#members.some((one) => one.service === service && one.instance === instance)) continue;
        const port =
          service === GATEWAY ? (gatewayPorts[instance - 1] ?? (await this.#ports.gateway(instance))) : undefined;
        added.push(this.#member(service, instance, await this.#ports.health(), port));
      }
    if (this.#stopping) return;
    this.#members.push(...added);
    await Promise.all(added.map((one) => one.start()));
  }

  #member(service: string, instance: number, healthPort: number, port: number | undefined): Member {
    const { host, logFormat } = this.#config;
    const forPeople = logFormat === 'auto' && process.stdout.isTTY;
    return new Member({
      service,
      instance,
      host,
      ...(port === undefined ? {} : { port }),
      healthPort,
      env: {
        ...Object.fromEntries(this.servers.map((one) => [one.variable, one.address])),
        KAFKA_ENABLED: String(this.#config.kafkaEnabled),
        ...(forPeople ? { LOG_FORMAT: 'pretty' } : {}),
      },
      say: this.#output.as(`${service}-${instance}`),
      changed: () => this.#tell(),
    });
  }

  async #end(members: Member[]): Promise<void> {
    if (members.length > 0) this.#say(`stopping ${members.map((one) => one.nodeId).join(', ')}`);
    await Promise.all(members.map((one) => one.stop(GRACE_MS)));
    this.#members = this.#members.filter((one) => !members.includes(one));
    this.#tell();
  }

  #tell(): void {
    const { state } = this;
    if (state) writeClusterState(this.#config.dataDir, state);
  }
}
