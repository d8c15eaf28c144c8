import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { config } from '#shared/config.ts';
import { superviseMongod, type SupervisedMongod } from '#tools/mongod/supervise.ts';
import type { Contestant } from '#tools/bench/contestants/contestant.ts';
import { startCluster } from '#tools/bench/contestants/cluster.ts';
import { startOurs, type Started } from '#tools/bench/contestants/ours.ts';
import { startPeer } from '#tools/bench/contestants/peer.ts';
import { HOT_ROOM } from '#tools/bench/data.ts';
import { LoadGenerator } from '#tools/bench/load/load.ts';
import type { BareSetup } from '#tools/bench/peers/bare-server.ts';
import type { ExpressSetup } from '#tools/bench/peers/express-server.ts';
import type { GroupCommitSetup } from '#tools/bench/peers/group-commit-server.ts';
import { BARE, latestPath } from '#tools/bench/scenarios.ts';
import { copyDatabase, copyToPeer, seedOurs } from '#tools/bench/seed.ts';

export const DATABASES = {
  ours: 'bench_ours',
  cluster: 'bench_cluster',
  express: 'bench_express',
  groupCommit: 'bench_group_commit',
  cold: 'bench_cold',
};
/** Set anew by node:http in every answer. */
const OF_THE_SERVER = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

/** All that a bench needs, running and filled. */
export interface Stage {
  mongod: SupervisedMongod;
  /** Everything in it is removed at the end. */
  dataDir: string;
  /** Starts one more of ours. */
  startFresh: (database: string, env: Record<string, string>) => Promise<Started>;
  generator: LoadGenerator;
  contestants: Contestant[];
  /** Of the hot room. */
  etag: string;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

/** What ours answers, for the bare server to repeat. */
async function repeatable(ours: Contestant): Promise<{ setup: BareSetup; etag: string }> {
  const response = await fetch(`http://127.0.0.1:${ours.port}${latestPath(HOT_ROOM)}`, {
    headers: { 'Accept-Encoding': 'identity' },
  });
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = [...response.headers].filter(([name]) => !OF_THE_SERVER.has(name));
  const unchanged = headers.filter(([name]) => !name.startsWith('content-'));
  const etag = response.headers.get('etag');
  if (!response.ok || etag === null) throw new Error(`latest answered ${response.status}, ETag ${etag}`);
  const setup = {
    [BARE.latest]: { status: 200, headers: headers.flat(), body },
    [BARE.unchanged]: { status: 304, headers: unchanged.flat(), body: new Uint8Array() },
  };
  return { setup, etag };
}

/**
 * Starts a `mongod` and everything that is measured, and fills it. `later` gets what must be undone at the end, in any
 * case; the last one first. The data lies beside the program's own, so that the disk is the same.
 */
export async function setUp(profile: string | undefined, later: (undo: () => Promise<void>) => void): Promise<Stage> {
  const dataDir = join(config().dataDir, 'bench');
  mkdirSync(dataDir, { recursive: true });
  later(async () => rmSync(dataDir, { recursive: true, force: true }));
  const log = { warn: say, info: say };
  const mongod = await superviseMongod({ dataDir, mongodBin: config().mongodBin }, log);
  later(() => mongod.stop(5_000));
  const client = await new MongoClient(mongod.uri).connect();
  for (const name of Object.values(DATABASES)) await client.db(name).dropDatabase();
  await client.close();

  const generator = new LoadGenerator();
  later(() => generator.stop());
  const own = { MEDIA_DIR: join(dataDir, 'media'), MEDIA_STORE: 'disk', KAFKA_ENABLED: 'false' };
  const ours = await startOurs(mongod.uri, DATABASES.ours, profile, own);
  later(() => ours.stop());
  say('filling: 1,101 rooms of 100 messages, a room of 500, 60 threads, 50 groups');
  await seedOurs(ours, generator);
  await copyToPeer(ours, mongod.uri, DATABASES.express);
  const { setup, etag } = await repeatable(ours);
  const bare = await startPeer('bare', setup);
  later(() => bare.stop());
  const expressSetup: ExpressSetup = { mongoUri: mongod.uri, database: DATABASES.express };
  const express = await startPeer('express', expressSetup);
  later(() => express.stop());
  const fastify = await startPeer('fastify', setup);
  later(() => fastify.stop());
  const commitSetup: GroupCommitSetup = { mongoUri: mongod.uri, database: DATABASES.groupCommit };
  const groupCommit = await startPeer('group-commit', commitSetup);
  later(() => groupCommit.stop());
  // A copy: two that write the same rooms in turns would lose a race at each turn.
  await copyDatabase(mongod.uri, DATABASES.ours, DATABASES.cluster);
  const clusterOwn = { ...own, MEDIA_DIR: join(dataDir, 'media-cluster') };
  const cluster = await startCluster(mongod.uri, DATABASES.cluster, clusterOwn);
  later(() => cluster.stop());
  return {
    mongod,
    dataDir,
    startFresh: (database, env) => startOurs(mongod.uri, database, undefined, { ...own, ...env }),
    generator,
    contestants: [ours, cluster, bare, fastify, express, groupCommit],
    etag,
  };
}
