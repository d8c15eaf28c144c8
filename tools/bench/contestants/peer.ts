import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Contestant } from '#tools/bench/contestants/contestant.ts';

const PEERS = resolve(import.meta.dirname, '../peers');

/** Starts a program of `peers/`: it gets `setup` as its first message and answers with the port that it listens on. */
export async function startPeer(
  name: 'bare' | 'fastify' | 'express' | 'group-commit',
  setup: object,
): Promise<Contestant> {
  const child = fork(`${PEERS}/${name}-server.ts`, {
    env: { ...process.env, NODE_ENV: 'production' },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  child.send(setup);
  const answer = await Promise.race([once(child, 'message'), exited.then(([code]) => code as number | null)]);
  if (!Array.isArray(answer)) throw new Error(`${name}-server.ts ended (${answer})`);
  const [port] = answer as [number];
  return {
    name,
    port,
    pids: () => [child.pid!],
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
