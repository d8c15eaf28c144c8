import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#shared/config.ts';
import { describeError } from '#shared/logger.ts';
import { Cluster } from '#tools/cluster/cluster.ts';
import type { Instances } from '#tools/cluster/options.ts';
import { Output } from '#tools/cluster/output.ts';
import { readyBlock } from '#tools/cluster/ready-block.ts';
import { takeWanted } from '#tools/cluster/state.ts';

/** npm hands on a Ctrl-C that the terminal has sent already: two so close together are one. */
const SAME_KEY_PRESS_MS = 500;
/** How long Ctrl-C waits for servers that are just being started, so that it leaves none behind. */
const STARTING_MS = 3_000;

/** What ends, scales and, at the worst, abandons a cluster. */
class Control {
  readonly #cluster: Cluster;
  #firstSignal: number | undefined;
  #scaling: Promise<void> = Promise.resolve();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  get stopping(): boolean {
    return this.#firstSignal !== undefined;
  }

  async stop(starting: Promise<unknown>): Promise<void> {
    if (this.#firstSignal !== undefined) {
      if (performance.now() - this.#firstSignal < SAME_KEY_PRESS_MS) return;
      this.#cluster.abandon();
      process.exit(130);
    }
    this.#firstSignal = performance.now();
    // With servers there, what is starting is stopped; before, it is waited for. Why a start failed, its own caller tells.
    if (!this.#cluster.state) await Promise.race([starting.catch(() => undefined), sleep(STARTING_MS)]);
    await this.#cluster.stop();
    process.exit(0);
  }

  /** One after the other. */
  scale(instances: Instances, failed: (error: unknown) => void): void {
    this.#scaling = this.#scaling.then(() => this.#cluster.scale(instances)).catch(failed);
  }
}

/** Runs a cluster until a signal ends it. Throws ConfigError when it cannot be started. */
export async function runCluster(settings: Config, instances: Instances): Promise<void> {
  const output = new Output(process.stdout);
  const cluster = new Cluster(settings, output);
  const control = new Control(cluster);
  const say = output.as('cluster');
  const starting = cluster.start(instances);
  const stop = () => void control.stop(starting);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  process.on('SIGUSR2', () => {
    const wanted = takeWanted(settings.dataDir);
    if (!wanted || control.stopping) return;
    say(
      `scaling: ${Object.entries(wanted)
        .flatMap((pair) => pair.join('='))
        .join(', ')}`,
    );
    control.scale(wanted, (error) => say(`scaling failed: ${error instanceof Error ? error.message : String(error)}`));
  });
  // Whoever read the lines has gone, with the terminal.
  process.stdout.on('error', stop);
  const crash = (error: unknown) => {
    process.stderr.write(`cluster: an error that nobody handled: ${describeError(error).stack}\n`);
    cluster.abandon();
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  try {
    await starting;
  } catch (error) {
    if (control.stopping) return;
    await cluster.stop();
    throw error;
  }
  if (!control.stopping) output.block(readyBlock(settings, cluster.state!, cluster.servers));
}
