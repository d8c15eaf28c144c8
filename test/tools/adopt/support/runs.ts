import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { ADOPTION, metaOf } from '#shared/own-database.ts';
import { spawnTool, type Tool, type ToolExit } from '#test/support/tool.ts';

const uriOf = (server: string, name: string): string => server.replace(/\/(\?|$)/, `/${name}$1`);

/** A folder for the runs of a test: reports and media. */
export class Runs {
  readonly folder = mkdtempSync(join(tmpdir(), 'truematch-adopt-'));
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;
  }

  /** Starts the tool on a database, as `npm run adopt` does; `to`: into another one. */
  spawn(from: string, to: string | null, ...more: string[]): Tool {
    const target = to === null ? [] : ['--to', uriOf(this.#server, to)];
    const quiet = more.includes('--quiet-seconds') ? [] : ['--quiet-seconds', '0.1'];
    const args = ['--from', uriOf(this.#server, from), ...target, ...quiet, ...more];
    return spawnTool('adopt', args, this.folder, { PUBLIC_URL: 'https://chat.example', DATA_DIR: this.folder });
  }

  run(from: string, to: string | null, ...more: string[]): Promise<ToolExit> {
    return this.spawn(from, to, ...more).exited;
  }

  /**
   * Runs it in place and kills it once in each third of its work, up to `withinMs` after that has begun; then runs it to
   * the end.
   */
  async runKilled(db: Db, withinMs: number): Promise<{ exit: ToolExit; kills: number }> {
    let kills = 0;
    const stages = db.collection<{ _id: string; done: boolean }>('adopt_stages');
    const begun = [
      () => metaOf(db).findOne({ _id: ADOPTION }),
      () => stages.findOne({ _id: 'twins' }),
      () => stages.findOne({ _id: 'messages', done: true }),
    ];
    for (const third of begun) {
      const tool = this.spawn(db.databaseName, null);
      const isRunning = () => tool.child.exitCode === null && tool.child.signalCode === null;
      while (isRunning() && !(await third())) await sleep(10);
      await sleep(randomInt(withinMs));
      tool.child.kill('SIGKILL');
      if ((await tool.exited).signal === 'SIGKILL') kills += 1;
    }
    return { exit: await this.run(db.databaseName, null), kills };
  }

  report(name: string): string {
    return readFileSync(join(this.folder, `adopt-report-${name}.txt`), 'utf8');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The table of counts and what was put right, as a run tells it. */
export const countsIn = (text: string): string =>
  /^collection[^]*?(?=\n\n(?:Indexes|All of it|What is))/m.exec(text)?.[0] ?? `no counts in: ${text}`;

/** A hash of each collection. */
export async function hashes(db: Db, names?: readonly string[]): Promise<Record<string, string>> {
  const { collections } = (await db.command({ dbHash: 1 })) as { collections: Record<string, string> };
  return names ? Object.fromEntries(names.map((name) => [name, collections[name] ?? 'none'])) : collections;
}
