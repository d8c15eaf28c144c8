import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, type ProcessId } from '#tools/mongod/process-id.ts';
import { readJson, writeJson } from '#tools/servers/json-file.ts';

/** One process of the cluster, as others may know it. */
export interface ProcessState {
  service: string;
  /** From 1. */
  instance: number;
  /** Its name in the cluster: `messages-1`. */
  nodeId: string;
  /** Null while it waits to be started again. */
  id: ProcessId | null;
  /** True once it was ready, since its last start. */
  ready: boolean;
  /** How often it was started again. */
  restarts: number;
  /** Where `/health/live`, `/health/ready` and `/metrics` are. */
  healthUrl: string;
  /** Of a gateway: `http://127.0.0.1:8081`. */
  url?: string;
}

/** What a running cluster tells the REPL, tests and its next start; in a file of the data folder. */
export interface ClusterState extends ProcessId {
  natsUrl: string;
  mongoUri: string;
  /** Empty when events are off. */
  kafkaBootstrap: string;
  processes: ProcessState[];
}

const fileOf = (dataDir: string): string => join(dataDir, 'cluster.json');
const wantedFileOf = (dataDir: string): string => join(dataDir, 'cluster-wanted.json');

/** What the cluster in `dataDir` told last, whether it still runs or not; undefined when there was none. */
export const lastClusterState = (dataDir: string): ClusterState | undefined =>
  readJson(fileOf(dataDir)) as ClusterState | undefined;

/** The cluster that runs with its data in `dataDir`; undefined when none does. */
export function runningCluster(dataDir: string): ClusterState | undefined {
  const state = lastClusterState(dataDir);
  return state && isAlive(state) ? state : undefined;
}

export const writeClusterState = (dataDir: string, state: ClusterState): void => writeJson(fileOf(dataDir), state);

export const removeClusterState = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true });

/** How a running cluster is told other numbers of processes: a file, then SIGUSR2. */
export const writeWanted = (dataDir: string, instances: Record<string, number>): void =>
  writeJson(wantedFileOf(dataDir), instances);

/** Answers it once. */
export function takeWanted(dataDir: string): Record<string, number> | undefined {
  const wanted = readJson(wantedFileOf(dataDir)) as Record<string, number> | undefined;
  rmSync(wantedFileOf(dataDir), { force: true });
  return wanted;
}
