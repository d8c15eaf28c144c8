import type { Config } from '#shared/config.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { supervise, type Supervised, type SupervisorLog } from '#tools/servers/supervise.ts';
import { serversFor, type Server, type ServerName } from '#tools/servers/table.ts';

/** When the servers must be gone, in ms from the begin of each one's stop; `mongod` makes a checkpoint. */
const STOP_MS = 5_000;

/** Ports that were asked for, by server. */
export type Ports = Partial<Record<ServerName, number>>;

/** A server that can be used: one that was given, or one that runs here. */
export interface OpenServer {
  name: ServerName;
  /** `MONGO_URI=…` is how the services are told. */
  variable: Server['variable'];
  address: string;
  /** For people: `MONGO_URI`, or version and source. */
  origin: string;
  /** Set when this program runs it. */
  running?: Supervised;
}

export interface OpenServers {
  servers: OpenServer[];
  /** Stops those that this program runs, one after the other, and gives the data folder up. */
  stop(): Promise<void>;
  /** Tells them to stop, without waiting. */
  abandon(): void;
}

interface Where {
  folder: DataFolder;
  config: Config;
  ports: Ports;
  log: SupervisorLog;
}

function asGiven(server: Server, config: Config): OpenServer {
  const { name, variable } = server;
  return { name, variable, address: server.given(config), origin: variable };
}

async function openOne(server: Server, { folder, config, ports, log }: Where): Promise<OpenServer> {
  if (server.given(config)) return asGiven(server, config);
  const running = await supervise(server.in(folder, config, ports[server.name]), log);
  const { port, version, from } = running.notes;
  const { name, variable } = server;
  return { name, variable, address: server.address(port), origin: `${version}, ${from}`, running };
}

/** All of them or none. */
async function openAll(where: Where): Promise<OpenServer[]> {
  const outcomes = await Promise.allSettled(serversFor(where.config).map((server) => openOne(server, where)));
  const servers = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = outcomes.find((one) => one.status === 'rejected');
  if (!failed) return servers;
  for (const { running } of servers) await running?.stop(STOP_MS);
  throw failed.reason;
}

/**
 * Makes every server that is wanted usable: those that the configuration names are taken as they are, the others run
 * under DATA_DIR and are kept running. Throws ConfigError with one line that says what to do.
 */
export async function openServers(config: Config, ports: Ports, log: SupervisorLog): Promise<OpenServers> {
  const servers = serversFor(config);
  if (servers.every((server) => server.given(config)))
    return { servers: servers.map((server) => asGiven(server, config)), stop: async () => {}, abandon: () => {} };
  const folder = new DataFolder(config.dataDir);
  await folder.claim();
  let opened: OpenServer[];
  try {
    opened = await openAll({ folder, config, ports, log });
  } catch (error) {
    folder.release();
    throw error;
  }
  return {
    servers: opened,
    async stop() {
      for (const { running } of opened) await running?.stop(STOP_MS);
      folder.release();
    },
    abandon() {
      for (const { running } of opened) running?.abandon();
      folder.release();
    },
  };
}
