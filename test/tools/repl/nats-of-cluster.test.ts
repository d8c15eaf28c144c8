import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigError } from '#shared/config.ts';
import { writeClusterState } from '#tools/cluster/state.ts';
import { identify } from '#tools/mongod/process-id.ts';
import { natsOf } from '#tools/repl/nats-of-cluster.ts';
import { keeperFile } from '#tools/servers/background.ts';
import { writeJson } from '#tools/servers/json-file.ts';
import { testDataDir, type TestDataDir } from '#test/support/program.ts';

describe('the NATS of the cluster to join', () => {
  let folder: TestDataDir;
  beforeEach(() => {
    folder = testDataDir();
  });
  afterEach(() => folder.remove());

  const natsUrl = 'nats://127.0.0.1:4001';
  const find = (given = '') => natsOf({ natsUrl: given, dataDir: folder.path });
  const noteCluster = (id = identify(process.pid)!) =>
    writeClusterState(folder.path, { ...id, natsUrl, mongoUri: '', kafkaBootstrap: '', processes: [] });
  const noteServers = () =>
    writeJson(keeperFile(folder.path), {
      ...identify(process.pid)!,
      servers: [{ name: 'nats-server', variable: 'NATS_URL', address: 'nats://127.0.0.1:4002', origin: '' }],
    });

  it('is the one that the configuration names, then the noted cluster, then the noted servers', () => {
    noteServers();
    expect(find()).toEqual({ url: 'nats://127.0.0.1:4002', from: 'npm run servers' });
    noteCluster();
    expect(find()).toEqual({ url: natsUrl, from: 'npm run cluster' });
    expect(find('nats://10.0.0.1:4222')).toEqual({ url: 'nats://10.0.0.1:4222', from: 'NATS_URL' });
  });

  it('is none when the noted cluster has ended', () => {
    noteCluster({ ...identify(process.pid)!, started: 'long ago' });
    expect(() => find()).toThrow(ConfigError);
  });
});
