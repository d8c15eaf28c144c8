import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ActionParams,
  ActionSchema,
  Context,
  Service,
  ServiceMethods,
  ServiceSchema,
  ServiceSettingSchema,
} from 'moleculer';
import { config, mediaFolder } from '#shared/config.ts';
import type { Params, Result } from '#shared/contract.ts';
import { readiness } from '#shared/health/readiness.ts';
import { type Mongo, openMongo } from '#shared/mongo.ts';
import { validatorOf } from '#shared/schema.ts';
import { ROOM_SHARD } from '#shared/transport/room-shard.ts';
import { waitForDatabase } from '#shared/wait-for-database.ts';
import { keepAvatar } from '#services/media/avatar.ts';
import { mediaContract } from '#services/media/media.contract.ts';
import { MediaServer } from '#services/media/media-server.ts';
import { rulesOf } from '#services/media/purposes.ts';
import { reachableHost } from '#services/media/reachable-host.ts';
import { watchSharedDisk } from '#services/media/shared-disk.ts';
import { statusOf } from '#services/media/status.ts';
import { DiskFolder } from '#services/media/store/disk-folder.ts';
import { openStore } from '#services/media/store/open-store.ts';
import type { Store } from '#services/media/store/store.ts';
import { StoresRepository } from '#services/media/stores.repository.ts';
import { TemporaryFiles } from '#services/media/temporary-files.ts';

interface State {
  mongo: Mongo | null;
  folder: DiskFolder;
  store: Store;
  temporary: TemporaryFiles;
  server: MediaServer;
  address: { host: string; port: number };
  stopping: AbortController;
  watching: Promise<void>;
  /** Takes the need of the folder back from the process's health page. */
  unneed: () => void;
}
type This = Service & State;
type Actions = typeof mediaContract;
type Handler<N extends keyof Actions> = (this: This, ctx: Context<Params<Actions[N]>>) => Promise<Result<Actions[N]>>;

const action = <N extends keyof Actions>(name: N, handler: Handler<N>): ActionSchema<This> => ({
  // Any instance, but none that stayed silent.
  strategy: ROOM_SHARD,
  params: validatorOf(mediaContract[name].params) as ActionParams,
  handler,
});

/** Uploads and the files that came of them. The database only tells whether all instances use one disk. */
const mediaService: ServiceSchema<ServiceSettingSchema, ServiceMethods, State, This> = {
  name: 'media',

  actions: {
    status: action('status', async function status() {
      return statusOf(config(), this.store);
    }),
    locate: action('locate', async function locate() {
      return { ...this.address, key: this.server.key };
    }),
    avatar: action('avatar', function avatar(ctx) {
      return keepAvatar(ctx.params.dataUrl, this);
    }),
  },

  created() {
    this.stopping = new AbortController();
    this.mongo = null;
    this.folder = new DiskFolder(mediaFolder(config()));
    this.unneed = readiness.need('media', async () => {
      await access(this.folder.root, constants.W_OK);
      return null;
    });
  },

  async started() {
    const settings = config();
    this.temporary = await TemporaryFiles.open(join(this.folder.root, 'temporary'));
    this.store = await openStore(settings, this.folder, (publicId, error) =>
      this.logger.error('A failed upload could not be removed from Cloudinary; remove it by hand', { publicId }, error),
    );
    this.server = new MediaServer({
      folder: this.folder,
      store: this.store,
      temporary: this.temporary,
      rules: rulesOf(settings),
      log: this.logger,
    });
    const port = await this.server.listen(settings.host, settings.mediaPort);
    this.address = { host: reachableHost(settings.host), port };
    const { signal } = this.stopping;
    const open = async () => {
      this.mongo ??= await openMongo(settings);
      const stores = new StoresRepository(this.mongo.db);
      await stores.ensureIndexes();
      return stores;
    };
    const stores = () => waitForDatabase(open, signal, (error) => this.logger.warn('media waits for MongoDB', error));
    const watch = this.store.name === 'disk';
    this.watching = watch
      ? watchSharedDisk(this.folder, stores, this.broker.nodeID, this.logger, signal)
      : Promise.resolve();
  },

  async stopped() {
    this.stopping.abort();
    this.unneed();
    await this.server?.close();
    await this.store?.close();
    await this.watching;
    await this.mongo?.close();
  },
};

export default mediaService;
