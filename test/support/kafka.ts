import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, signal } from '#tools/mongod/process-id.ts';
import { ended, stopProcess } from '#tools/mongod/stop.ts';
import { findKafka } from '#tools/servers/kafka/find.ts';
import { kafkaBootstrapOf, type KafkaLaunch, launchKafka, launchKafkaOnFreePort } from '#tools/servers/kafka/launch.ts';

const STOP_MS = 10_000;

export interface TestKafka {
  /** `127.0.0.1:PORT`, as KAFKA_BOOTSTRAP takes it. */
  bootstrap: string;
  port: number;
  readonly pid: number;
  readonly alive: boolean;
  /** Sends a signal; `SIGSTOP` freezes it. */
  signal(name: NodeJS.Signals): void;
  /** Ends it by SIGKILL, and leaves its port to `start`. */
  kill(): Promise<void>;
  /** Stops it in order, and leaves its port to `start`. */
  halt(): Promise<void>;
  /** Starts it again on its port, with what it had. */
  start(): Promise<void>;
  /** `halt` and `start`. */
  restart(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A real broker with the settings of the program, on a free port, that nobody watches. It takes a few seconds to start. */
export async function startKafka(changed: KafkaLaunch['changed'] = (own) => own): Promise<TestKafka> {
  const { path: libs, java } = await findKafka({ kafkaHome: process.env.KAFKA_HOME ?? '' });
  const folder = mkdtempSync(join(tmpdir(), 'truematch-kafka-'));
  const options = { java, libs, folder, changed };
  const started = await launchKafkaOnFreePort(options, 0, () => undefined);
  const { port } = started;
  let { id } = started;
  const kafka: TestKafka = {
    bootstrap: kafkaBootstrapOf(port),
    port,
    get pid() {
      return id.pid;
    },
    get alive() {
      return isAlive(id);
    },
    signal: (name) => void signal(id, name),
    async kill() {
      signal(id, 'SIGKILL');
      await ended(id, STOP_MS);
    },
    halt: () => stopProcess(id, STOP_MS),
    async start() {
      id = await launchKafka(options, port, () => undefined);
    },
    async restart() {
      await kafka.halt();
      await kafka.start();
    },
    async stop() {
      // Nothing of it is kept, so there is nothing to put in order.
      await kafka.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return kafka;
}
