import type { Contract } from '#shared/contract.ts';
import { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';

/** One service for all that belongs to a person; a part a folder. */
export const profilesContract = { ...accountsContract } satisfies Contract;
