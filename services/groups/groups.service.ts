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
import { Fault } from '#shared/errors.ts';
import { databaseCheck } from '#shared/health/database.ts';
import { readiness } from '#shared/health/readiness.ts';
import { isUnavailable } from '#shared/mongo-faults.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { startRelay } from '#shared/relay/start.ts';
import { validatorOf } from '#shared/schema.ts';
import { ROOM_SHARD } from '#shared/transport/room-shard.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import { createGroup } from '#services/groups/create-group.ts';
import { getGroup } from '#services/groups/get-group.ts';
import { groupSource } from '#services/groups/group-source.ts';
import { groupsContract } from '#services/groups/groups.contract.ts';
import { listGroups } from '#services/groups/list-groups.ts';
import { addMember, removeMember } from '#services/groups/members.ts';
import { type OnlineCounts, onlineCounts } from '#services/groups/online-counts.ts';
import { presenceText } from '#services/groups/presence.ts';
import { openRepositories, type Repositories } from '#services/groups/repositories.ts';
import { removeGroup } from '#services/groups/remove-group.ts';
import { updateGroup } from '#services/groups/update-group.ts';

interface State {
  mongo: Mongo | null;
  repositories: Repositories;
  online: OnlineCounts;
  stopping: AbortController;
  stopRelay: (() => Promise<void>) | null;
  /** Takes the need of a database back from the process's health page. */
  unneed: () => void;
}
type This = Service & State;
type Actions = typeof groupsContract;
type Handler<N extends keyof Actions> = (this: This, ctx: Context<Params<Actions[N]>>) => Promise<Result<Actions[N]>>;

const read = <N extends keyof Actions>(name: N, handler: Handler<N>): ActionSchema<This> => ({
  // Any instance, but none that stayed silent.
  strategy: ROOM_SHARD,
  params: validatorOf(groupsContract[name].params) as ActionParams,
  handler,
});

/** As `read`; when the database goes away during a write, nobody knows whether it was made (P8). */
const write = <N extends keyof Actions>(name: N, handler: Handler<N>): ActionSchema<This> =>
  read<N>(name, async function settled(ctx) {
    try {
      return await handler.call(this, ctx);
    } catch (error) {
      throw isUnavailable(error) ? new Fault('outcome_unknown', undefined, { cause: error }) : error;
    }
  });

/** Groups, their members, and the look-up of databaseIds. */
const groupsService: ServiceSchema<ServiceSettingSchema, ServiceMethods, State, This> = {
  name: 'groups',

  actions: {
    list: read('list', function list(ctx) {
      return listGroups(ctx, this, ctx.params);
    }),
    get: read('get', function get(ctx) {
      return getGroup(ctx, this.repositories, ctx.params);
    }),
    create: write('create', function create(ctx) {
      return createGroup(this.repositories.groups, ctx.params);
    }),
    update: write('update', function update(ctx) {
      return updateGroup(this.repositories.groups, ctx.params);
    }),
    remove: write('remove', async function remove(ctx) {
      const { groupId, by } = ctx.params;
      await removeGroup(ctx, this.repositories, { groupId, by }, (error) =>
        this.logger.error('A group could not be deleted to the end; deleting it again goes on', error, { groupId }),
      );
      return { success: true };
    }),
    addMember: write('addMember', async function join(ctx) {
      await addMember(this.repositories, ctx.params);
      return { success: true };
    }),
    removeMember: write('removeMember', async function leave(ctx) {
      await removeMember(this.repositories, ctx.params);
      return { success: true };
    }),
    ensureIndexes: write('ensureIndexes', async function ensureIndexes() {
      if (this.mongo) await openRepositories(this.mongo.db);
      return { ok: true };
    }),
    resolve: read('resolve', function resolve(ctx) {
      return this.repositories.groups.slugOfDatabaseId(ctx.params.databaseId);
    }),
    presence: read('presence', async function presence() {
      return presenceText(await this.online.get());
    }),
  },

  created() {
    const { apiUrl, onlineCountsTtl } = config();
    this.stopping = new AbortController();
    this.unneed = readiness.need(
      'mongodb',
      databaseCheck(() => this.mongo?.db),
    );
    this.mongo = null;
    this.stopRelay = null;
    this.online = onlineCounts({
      apiUrl,
      ttlSeconds: onlineCountsTtl,
      onFailure: (error) => this.logger.info('Online counts are all 0: the socket server does not tell them', error),
    });
  },

  async started() {
    const open = async () => {
      this.mongo ??= await openMongo(config());
      return openRepositories(this.mongo.db);
    };
    const waiting = (error: unknown) => this.logger.warn('groups waits for MongoDB', error);
    const repositories = await waitForDatabase(open, this.stopping.signal, waiting);
    if (!repositories) return;
    this.repositories = repositories;
    const { db } = this.mongo!;
    const relay = () => startRelay(db, this.logger, () => groupSource(db));
    this.stopRelay = await waitForDatabase(relay, this.stopping.signal, waiting);
  },

  async stopped() {
    this.stopping.abort();
    this.unneed();
    await this.stopRelay?.();
    await this.mongo?.close();
  },
};

export default groupsService;
