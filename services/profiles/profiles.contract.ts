import type { Contract } from '#shared/contract.ts';
import { Type } from '#shared/schema.ts';
import { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { datingContract } from '#services/profiles/dating/dating.contract.ts';
import { filtersContract } from '#services/profiles/filters/filters.contract.ts';
import { likesContract } from '#services/profiles/likes/likes.contract.ts';
import { linksContract } from '#services/profiles/links/links.contract.ts';
import { namesContract } from '#services/profiles/names/names.contract.ts';
import { pushContract } from '#services/profiles/push/push.contract.ts';

/** One service for all that belongs to a person; a part a folder. */
export const profilesContract = {
  ...accountsContract,
  ...datingContract,
  ...likesContract,
  ...namesContract,
  ...filtersContract,
  ...linksContract,
  ...pushContract,
  /** Internal: creates those of the service's indexes that are missing. */
  ensureIndexes: { params: Type.Object({}), result: Type.Object({ ok: Type.Boolean() }) },
} satisfies Contract;
