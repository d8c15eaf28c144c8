import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import { DatingLists } from '#services/profiles/dating/dating-lists.ts';
import type { DatingVersion } from '#services/profiles/dating/dating-version.ts';
import { DatingWriter } from '#services/profiles/dating/save.ts';

/** What a process holds to serve dating profiles. */
export interface DatingDesk {
  lists: DatingLists;
  writer: DatingWriter;
}

interface Repositories {
  dating: DatingRepository;
  datingVersion: DatingVersion;
}

export const openDatingDesk = ({ dating, datingVersion }: Repositories): DatingDesk => ({
  lists: new DatingLists(dating, datingVersion),
  writer: new DatingWriter(dating, datingVersion),
});
