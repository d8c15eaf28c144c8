import { config } from '#shared/config.ts';
import { Fault } from '#shared/errors.ts';
import { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import type { Profile } from '#services/profiles/accounts/profile.shape.ts';
import { read } from '#services/profiles/action.ts';
import type { ProfileDocument } from '#services/profiles/profile.document.ts';

/** Throws `profile_not_found`. Who has a dating profile only is no user. */
function found(document: ProfileDocument | null): Profile {
  if (document?.userId === undefined) throw new Fault('profile_not_found');
  return profileView(document);
}

export const accountActions = {
  tokenSecrets: read(accountsContract.tokenSecrets, async function tokenSecrets() {
    // One that is configured goes to whoever needs it by configuration, not over the wire.
    if (config().jwtSecret.length > 0) throw new Error('JWT_SECRET is set here and not where tokens are verified');
    return [await this.repositories.secrets.tokenSecret()];
  }),
  byUserId: read(accountsContract.byUserId, async function byUserId(ctx) {
    return found(await this.repositories.profiles.findByUserId(ctx.params.userId));
  }),
  byUsername: read(accountsContract.byUsername, async function byUsername(ctx) {
    return found(await this.repositories.profiles.findByUsername(ctx.params.username));
  }),
};
