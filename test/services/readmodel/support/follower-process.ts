import { loadConfig } from '#shared/config.ts';
import { openMongo } from '#shared/mongo.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { openRooms } from '#shared/room-log/open.ts';
import { Follower } from '#services/readmodel/follower.ts';

/**
 * A read model in a process of its own, by the environment. With DIE=1 it ends at once, as by SIGKILL, when its first
 * window is stored: after the write, before the commit.
 */
class Mortal extends ReadModel {
  override async save(window: Parameters<ReadModel['save']>[0]): Promise<boolean> {
    const written = await super.save(window);
    if (process.env.DIE === '1') process.kill(process.pid, 'SIGKILL');
    return written;
  }
}

const logger = { debug() {}, info() {}, warn() {}, error() {} };
const config = loadConfig(process.env);
const { db } = await openMongo(config);
const model = new Mortal(db);
const rooms = await openRooms({ db, logger, readModel: model, sweep: false });
new Follower({ config, logger, rooms, model, writeAt: { changes: 20, ms: 200 } }).start();
