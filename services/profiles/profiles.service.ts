import type { ServiceMethods, ServiceSchema, ServiceSettingSchema } from 'moleculer';
import { config } from '#shared/config.ts';
import { databaseCheck } from '#shared/health/database.ts';
import { readiness } from '#shared/health/readiness.ts';
import { openMongo } from '#shared/mongo.ts';
import { startRelay } from '#shared/relay/start.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import { accountActions } from '#services/profiles/accounts/account-actions.ts';
import { openSignIn } from '#services/profiles/accounts/sign-in.ts';
import { datingActions } from '#services/profiles/dating/dating-actions.ts';
import { openDatingDesk } from '#services/profiles/dating/desk.ts';
import { filterActions } from '#services/profiles/filters/filter-actions.ts';
import { likesActions } from '#services/profiles/likes/likes-actions.ts';
import { linkActions } from '#services/profiles/links/link-actions.ts';
import { nameActions } from '#services/profiles/names/name-actions.ts';
import { type State, type This, write } from '#services/profiles/action.ts';
import { profilesContract } from '#services/profiles/profiles.contract.ts';
import { profileSource } from '#services/profiles/profile-source.ts';
import { openPush } from '#services/profiles/push/open.ts';
import { pushActions } from '#services/profiles/push/push-actions.ts';
import { openRepositories } from '#services/profiles/repositories.ts';

/** People: their accounts and whatever else belongs to a person; a part a folder. */
const profilesService: ServiceSchema<ServiceSettingSchema, ServiceMethods, State, This> = {
  name: 'profiles',

  actions: {
    ...accountActions,
    ...nameActions,
    ...datingActions,
    ...likesActions,
    ...filterActions,
    ...linkActions,
    ...pushActions,
    ensureIndexes: write(profilesContract.ensureIndexes, async function ensureIndexes() {
      if (this.mongo) await openRepositories(this.mongo.db);
      return { ok: true };
    }),
  },

  created() {
    this.stopping = new AbortController();
    this.unneed = readiness.need(
      'mongodb',
      databaseCheck(() => this.mongo?.db),
    );
    this.mongo = null;
    this.closePush = async () => undefined;
    this.stopRelay = async () => undefined;
  },

  async started() {
    const open = async () => {
      this.mongo ??= await openMongo(config());
      return openRepositories(this.mongo.db);
    };
    const waiting = (error: unknown) => this.logger.warn('profiles waits for MongoDB', error);
    const repositories = await waitForDatabase(open, this.stopping.signal, waiting);
    if (!repositories) return;
    this.repositories = repositories;
    this.signIn = openSignIn(repositories);
    this.dating = openDatingDesk(repositories);
    const { pushes, close } = openPush(repositories, this.stopping.signal, this.logger);
    this.pushes = pushes;
    this.closePush = close;
    const { db } = this.mongo!;
    const relay = () => startRelay(db, this.logger, () => profileSource(db));
    this.stopRelay = (await waitForDatabase(relay, this.stopping.signal, waiting)) ?? this.stopRelay;
  },

  async stopped() {
    this.stopping.abort();
    this.unneed();
    await Promise.all([this.closePush(), this.stopRelay()]);
    await this.mongo?.close();
  },
};

export default profilesService;
