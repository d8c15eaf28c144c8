import { read } from '#services/profiles/action.ts';
import { namesContract } from '#services/profiles/names/names.contract.ts';

export const nameActions = {
  names: read(namesContract.names, async function names(ctx) {
    const profile = await this.repositories.profiles.findByUserId(ctx.params.userId);
    return profile ? [...new Set([profile.usernameLower, ...(profile.names ?? [])])] : [];
  }),
};
