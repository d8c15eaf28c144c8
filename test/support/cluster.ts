import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restartProcess } from '#tools/cluster/restart.ts';
import { lastClusterState, type ProcessState } from '#tools/cluster/state.ts';
import { DataFolder } from '#tools/mongod/data-folder.ts';
import { isAlive, signal, type ProcessId } from '#tools/mongod/process-id.ts';
import type { ServerName } from '#tools/servers/table.ts';
import { spawnTool, type ToolExit } from '#test/support/tool.ts';

export interface ClusterOptions {
  /** Processes by service; one of each that is not named. */
  instances?: Record<string, number>;
  /** Runs Kafka too, and events; it costs seconds and 150 MB, so only where a test is about them. */
  events?: boolean;
  /** More of the environment: MONGO_URI and NATS_URL are used and not started. */
  env?: Record<string, string>;
  /** The data of an earlier cluster; else a fresh folder, removed by `stop`. */
  dataDir?: string;
}

export interface TestCluster {
  /** `http://127.0.0.1:PORT`, without `/api`, by instance. */
  gateways: string[];
  natsUrl: string;
  mongoUri: string;
  /** Empty when events are off. */
  kafkaBootstrap: string;
  dataDir: string;
  /** The tool's own process. */
  pid: number;
  /** Resolves, with all that was printed, once the tool has ended. */
  exited: Promise<ToolExit>;
  output(): { stdout: string; stderr: string };
  processes(): ProcessState[];
  /** One of them: `process('messages', 1)`. Throws when there is none. */
  process(service: string, instance: number): ProcessState;
  /** The server that the tool runs; undefined when it was given, or has died. */
  server(name: ServerName): ProcessId | undefined;
  /** Sends a signal to one process. */
  kill(service: string, instance: number, name?: NodeJS.Signals): void;
  /** Ends one process by the signal; resolves once the tool has started it again and it is ready. */
  restart(service: string, instance: number, name?: NodeJS.Signals): Promise<ProcessState>;
  /** Stops it all by SIGTERM; resolves with how the tool ended. Nothing is left running, however it ended. */
  stop(): Promise<ToolExit>;
}

const READY = /^TrueMatch cluster is ready$/m;

function killLeftovers(dataDir: string): void {
  const folder = new DataFolder(dataDir);
  const processes = lastClusterState(dataDir)?.processes ?? [];
  const servers = (['kafka', 'nats-server', 'mongod'] satisfies ServerName[]).map((name) =>
    folder.notesOf(name).read(),
  );
  for (const id of [...processes.map((one) => one.id), ...servers]) if (id) signal(id, 'SIGKILL');
}

/**
 * Runs what `npm run cluster` runs, on free ports and with data of its own; resolves when all processes are ready.
 * Rejects, with all output, when it ends before.
 */
export async function startCluster({
  instances = {},
  events = false,
  env = {},
  dataDir,
}: ClusterOptions = {}): Promise<TestCluster> {
  const cwd = mkdtempSync(join(tmpdir(), 'truematch-cluster-'));
  const data = dataDir ?? join(cwd, 'data');
  const args = Object.entries(instances).map(([service, count]) => `${service}=${count}`);
  const tool = spawnTool('cluster', args, cwd, {
    PORT: '0',
    DATA_DIR: data,
    KAFKA_ENABLED: String(events),
    ...env,
  });
  const tidy = () => {
    killLeftovers(data);
    rmSync(cwd, { recursive: true, force: true });
  };

  await new Promise<void>((resolve, reject) => {
    tool.child.stdout!.on('data', () => READY.test(tool.output().stdout) && resolve());
    tool.child.once('close', (code, name) => {
      const { stdout, stderr } = tool.output();
      reject(new Error(`the cluster ended (${code ?? name}):\n${stdout}\n${stderr}`));
    });
  }).catch((error: unknown) => {
    tidy();
    throw error;
  });

  const state = () => lastClusterState(data)!;
  const process_ = (service: string, instance: number) => {
    const found = state().processes.find((one) => one.service === service && one.instance === instance);
    if (!found) throw new Error(`there is no ${service}-${instance}`);
    return found;
  };
  const { natsUrl, mongoUri, kafkaBootstrap, processes } = state();
  return {
    gateways: processes.flatMap(({ url }) => (url ? [url] : [])),
    natsUrl,
    mongoUri,
    kafkaBootstrap,
    dataDir: data,
    pid: tool.child.pid!,
    exited: tool.exited,
    output: () => tool.output(),
    processes: () => state().processes,
    process: process_,
    server(name) {
      const notes = new DataFolder(data).notesOf(name).read();
      return notes && isAlive(notes) ? notes : undefined;
    },
    kill(service, instance, name = 'SIGKILL') {
      const { id } = process_(service, instance);
      if (id) signal(id, name);
    },
    restart: (service, instance, name = 'SIGTERM') => restartProcess(data, `${service}-${instance}`, name),
    async stop() {
      tool.child.kill('SIGTERM');
      const exit = await tool.exited;
      tidy();
      return exit;
    },
  };
}
