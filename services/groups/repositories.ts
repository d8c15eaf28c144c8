import type { Db } from 'mongodb';
import { GroupsRepository } from '#services/groups/groups.repository.ts';
import { MembersRepository } from '#services/groups/members.repository.ts';

export interface Repositories {
  groups: GroupsRepository;
  members: MembersRepository;
}

/** The service's collections, with their indexes. */
export async function openRepositories(db: Db): Promise<Repositories> {
  const groups = new GroupsRepository(db);
  const members = new MembersRepository(db);
  await Promise.all([groups.ensureIndexes(), members.ensureIndexes()]);
  return { groups, members };
}
