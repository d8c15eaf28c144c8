import type {
  ActionParams,
  ActionSchema,
  Context,
  Service,
  ServiceMethods,
  ServiceSchema,
  ServiceSettingSchema,
} from 'moleculer';
import { config } from '#shared/config.ts';
import type { Params, Result } from '#shared/contract.ts';
import { deadlineOf } from '#shared/deadline.ts';
import { databaseCheck } from '#shared/health/database.ts';
import { readiness } from '#shared/health/readiness.ts';
import { MIB } from '#shared/limits.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { ReadModel } from '#shared/read-model/read-model.ts';
import { type OpenRooms, openRooms } from '#shared/room-log/open.ts';
import { validatorOf } from '#shared/schema.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import { backfill } from '#services/readmodel/backfill.ts';
import { Follower } from '#services/readmodel/follower.ts';
import { exposeFollower } from '#services/readmodel/readmodel-metrics.ts';
import { readmodelContract } from '#services/readmodel/readmodel.contract.ts';

interface State {
  stopping: AbortController;
  mongo: Mongo | undefined;
  opening: Promise<Mongo> | undefined;
  follower: Follower | undefined;
  /** To be undone when the service stops, in reverse. */
  closing: (() => Promise<unknown> | void)[];
}
type This = Service & State;
type Actions = typeof readmodelContract;

const DEFAULT_GROUPS = 50;

/** A window is made at most every ten seconds, from the stored one: few are worth their memory meanwhile. */
const KEPT_BYTES = 2 * MIB;

const action = <N extends keyof Actions>(
  name: N,
  handler: (this: This, ctx: Context<Params<Actions[N]>>) => Promise<Result<Actions[N]>>,
): ActionSchema<This> => ({ params: validatorOf(readmodelContract[name].params) as ActionParams, handler });

const loggerOf = ({ logger }: This) => ({
  debug: (message: string) => logger.debug(message),
  info: (message: string) => logger.info(message),
  warn: (message: string) => logger.warn(message),
  error: (message: string) => logger.error(message),
});

/** The process's database; with Kafka off it is not opened before somebody asks. */
async function database(service: This): Promise<Mongo> {
  if (service.mongo) return service.mongo;
  service.opening ??= openMongo(config()).finally(() => (service.opening = undefined));
  service.mongo = await service.opening;
  return service.mongo;
}

/** A room log that neither holds windows of before nor reads the read model. */
async function withFreshRooms<T>(service: This, use: (rooms: OpenRooms, model: ReadModel) => Promise<T>): Promise<T> {
  const { db } = await database(service);
  const model = new ReadModel(db);
  const rooms = await openRooms({ db, logger: loggerOf(service), sweep: false });
  try {
    await model.ensureIndexes();
    return await use(rooms, model);
  } finally {
    await rooms.close();
  }
}

async function follow(service: This): Promise<void> {
  const logger = loggerOf(service);
  const open = async () => {
    const { db } = await database(service);
    const model = new ReadModel(db);
    await model.ensureIndexes();
    return { model, rooms: await openRooms({ db, logger, readModel: model, windowBytes: KEPT_BYTES, sweep: false }) };
  };
  const opened = await waitForDatabase(open, service.stopping.signal, (error) =>
    service.logger.warn('readmodel waits for MongoDB', error),
  );
  if (!opened) return;
  const follower = new Follower({ config: config(), logger, ...opened });
  service.follower = follower;
  service.closing.push(
    () => opened.rooms.close(),
    () => follower.stop(),
    exposeFollower(follower),
  );
  follower.start();
}

/** Keeps the latest windows ready in `read_messages_latest`, as the events of rooms tell of changes. */
const readmodelService: ServiceSchema<ServiceSettingSchema, ServiceMethods, State, This> = {
  name: 'readmodel',

  actions: {
    inspect: action('inspect', async function inspect(ctx) {
      const { db } = await database(this);
      const stored = await new ReadModel(db).stored(ctx.params.room);
      return {
        node: this.broker.nodeID,
        enabled: config().kafkaEnabled,
        stored: stored && {
          epoch: stored.epoch,
          rev: stored.rev,
          items: stored.count,
          bytes: stored.bytes,
          updatedAt: stored.updatedAt,
        },
        lag: this.follower?.lag ?? {},
        problem: this.follower?.problem ?? null,
      };
    }),
    backfill: action('backfill', async function fill(ctx) {
      const { limit_groups: limit = DEFAULT_GROUPS } = ctx.params;
      const groupsProcessed = await withFreshRooms(this, (rooms, model) =>
        backfill(rooms, model, limit, deadlineOf(ctx)),
      );
      return { groupsProcessed };
    }),
    ensureIndexes: action('ensureIndexes', async function ensure() {
      // Opening them creates what is missing.
      await withFreshRooms(this, async () => undefined);
      return { ok: true };
    }),
  },

  created() {
    this.stopping = new AbortController();
    this.closing = [];
    if (!config().kafkaEnabled) return;
    // A process that does other work, too, does it without Kafka as well.
    const alone = () => this.broker.services.every(({ name }) => name === 'readmodel' || name.startsWith('$'));
    this.closing.push(
      readiness.need(
        'mongodb',
        databaseCheck(() => this.mongo?.db),
      ),
      readiness.need('kafka', async () => (alone() ? (this.follower?.problem ?? null) : null)),
    );
  },

  async started() {
    if (config().kafkaEnabled) await follow(this);
    else
      this.logger.info('no read model: KAFKA_ENABLED is false. Latest windows come from the process and the database');
  },

  async stopped() {
    this.stopping.abort();
    for (const close of this.closing.reverse()) await close();
    await this.mongo?.close();
  },
};

export default readmodelService;
