import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { useConfig } from '#shared/config.ts';
import type { ActionName, ParamsOf, ResultOf } from '#services/contracts.ts';
import profilesService from '#services/profiles/profiles.service.ts';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import { type TestDatabase, testDatabase } from '#test/support/database.ts';

export type Call = <A extends ActionName>(action: A, params: ParamsOf<A>) => Promise<ResultOf<A>>;

export interface ProfilesBroker {
  database: TestDatabase;
  call: Call;
  /** Edits the dating profile of a name. */
  save: (username: string, fields?: Record<string, unknown>) => Promise<DatingView>;
  /** A dating list, as a client reads it. */
  list: (params?: Partial<ParamsOf<'profiles.datingList'>>) => Promise<DatingView[]>;
  stop(): Promise<void>;
}

/** The profiles service on a broker like the program's; on a database of its own unless one is given. */
export async function startProfiles(shared?: TestDatabase): Promise<ProfilesBroker> {
  const database = shared ?? (await testDatabase());
  const config = database.config({ LOG_LEVEL: 'silent' });
  useConfig(config);
  const broker = new ServiceBroker(brokerOptions(config));
  broker.createService(profilesService);
  await broker.start();
  const call: Call = (action, params) => broker.call(action, params) as never;
  return {
    database,
    call,
    save: (username, fields = {}) => call('profiles.saveDating', { username, ...fields }),
    async list(params = {}) {
      const { body } = await call('profiles.datingList', { encoding: 'identity', ...params });
      return JSON.parse(String(body)) as DatingView[];
    },
    async stop() {
      await broker.stop();
      if (!shared) await database.drop();
    },
  };
}
