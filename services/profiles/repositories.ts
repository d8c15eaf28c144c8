import type { Db } from 'mongodb';
import { SecretsRepository } from '#services/profiles/accounts/secrets.repository.ts';
import { ProfilesRepository } from '#services/profiles/profiles.repository.ts';

export interface Repositories {
  profiles: ProfilesRepository;
  secrets: SecretsRepository;
}

/** The service's collections, with their indexes. */
export async function openRepositories(db: Db): Promise<Repositories> {
  const profiles = new ProfilesRepository(db);
  await profiles.ensureIndexes();
  return { profiles, secrets: new SecretsRepository(db) };
}
