import { ConfigError } from '#shared/config.ts';
import { describeError } from '#shared/logger.ts';
import { parseArguments } from '#tools/cluster/options.ts';
import { clusterIn, namesOf, restartProcess } from '#tools/cluster/restart.ts';
import { runCluster } from '#tools/cluster/run.ts';
import { serviceNames } from '#tools/cluster/service-names.ts';
import { writeWanted } from '#tools/cluster/state.ts';
import { clusterConfig } from '#tools/servers/config.ts';

async function restart(dataDir: string, which: readonly string[]): Promise<void> {
  for (const nodeId of namesOf(clusterIn(dataDir), which)) {
    const { id } = await restartProcess(dataDir, nodeId, 'SIGTERM');
    process.stdout.write(`${nodeId} runs again and is ready (pid ${id?.pid})\n`);
  }
}

async function main(): Promise<void> {
  const options = parseArguments(process.argv.slice(2), serviceNames());
  const settings = clusterConfig();
  switch (options.command) {
    case 'run':
      return runCluster(settings, options.instances);
    case 'restart':
      return restart(settings.dataDir, options.which);
    case 'scale': {
      const { pid } = clusterIn(settings.dataDir);
      writeWanted(settings.dataDir, options.instances);
      process.kill(pid, 'SIGUSR2');
      return;
    }
  }
}

try {
  await main();
} catch (error) {
  const text = error instanceof ConfigError ? error.message : describeError(error).stack;
  process.stderr.write(`cluster: ${text}\n`);
  process.exit(1);
}
