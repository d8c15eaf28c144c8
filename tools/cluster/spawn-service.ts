import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '#tools/cluster/service-names.ts';

/** Variables of moleculer-runner that would make it load something else. */
const NOT_FOR_CHILDREN = new Set(['SERVICES', 'SERVICEDIR', 'MOLECULER_CONFIG']);

/**
 * Starts one service in a process of its own, by moleculer's runner, with this process's environment and `env`. It is in
 * a process group of its own: Ctrl-C in a terminal reaches only the tool, which ends all in the right order.
 */
export function spawnService(service: string, env: Record<string, string>): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_FOR_CHILDREN.has(name));
  return spawn(
    process.execPath,
    [
      // Less memory for garbage than Node's own 32 MiB twice and more: docs/decisions/0009.
      '--max-semi-space-size=16',
      // kafkajs sets a timer for a moment that has passed, once a process; nothing comes of it.
      '--disable-warning=TimeoutNegativeWarning',
      join(ROOT, 'node_modules/moleculer/bin/moleculer-runner.mjs'),
      '--config',
      join(ROOT, 'moleculer.config.ts'),
      '--mask',
      '**/*.service.ts',
      join(ROOT, 'services', service),
    ],
    {
      // As in run.mjs.
      env: { NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node'), ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  );
}
