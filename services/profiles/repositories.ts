import type { Db } from 'mongodb';
import { AttemptsRepository } from '#services/profiles/accounts/attempts.repository.ts';
import { SecretsRepository } from '#services/profiles/accounts/secrets.repository.ts';
import { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import { FiltersRepository } from '#services/profiles/filters/filters.repository.ts';
import { LikesRepository } from '#services/profiles/likes/likes.repository.ts';
import { LinksRepository } from '#services/profiles/links/links.repository.ts';
import { ProfilesRepository } from '#services/profiles/profiles.repository.ts';
import { SubscriptionsRepository } from '#services/profiles/push/subscriptions.repository.ts';

export interface Repositories {
  profiles: ProfilesRepository;
  dating: DatingRepository;
  datingVersion: DatingVersion;
  likes: LikesRepository;
  filters: FiltersRepository;
  links: LinksRepository;
  secrets: SecretsRepository;
  attempts: AttemptsRepository;
  subscriptions: SubscriptionsRepository;
}

/** The service's collections, with their indexes. */
export async function openRepositories(db: Db): Promise<Repositories> {
  const profiles = new ProfilesRepository(db);
  const dating = new DatingRepository(db);
  const likes = new LikesRepository(db);
  const filters = new FiltersRepository(db);
  const links = new LinksRepository(db);
  const attempts = new AttemptsRepository(db);
  const subscriptions = new SubscriptionsRepository(db);
  await Promise.all(
    [profiles, dating, likes, filters, links, attempts, subscriptions].map((one) => one.ensureIndexes()),
  );
  return {
    profiles,
    dating,
    datingVersion: new DatingVersion(db),
    likes,
    filters,
    links,
    attempts,
    subscriptions,
    secrets: new SecretsRepository(db),
  };
}
