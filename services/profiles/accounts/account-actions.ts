import { config } from '#shared/config.ts';
import { deadlineOf } from '#shared/deadline.ts';
import { Fault, type ErrorCode } from '#shared/errors.ts';
import { accountsContract } from '#services/profiles/accounts/accounts.contract.ts';
import { logIn } from '#services/profiles/accounts/log-in.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import type { Profile } from '#services/profiles/accounts/profile.shape.ts';
import { signUp } from '#services/profiles/accounts/sign-up.ts';
import { updateProfile } from '#services/profiles/accounts/update-profile.ts';
import { read, write } from '#services/profiles/action.ts';
import { type ProfileDocument, usernameKey } from '#services/profiles/profile.document.ts';

/** Who has a dating profile only is no user: `otherwise` is thrown for him, too. */
function found(document: ProfileDocument | null, otherwise: ErrorCode): Profile {
  if (document?.userId === undefined) throw new Fault(otherwise);
  return profileView(document);
}

export const accountActions = {
  signUp: write(accountsContract.signUp, function signingUp(ctx) {
    return signUp(this.signIn, ctx.params, deadlineOf(ctx));
  }),
  logIn: read(accountsContract.logIn, function loggingIn(ctx) {
    return logIn(this.signIn, ctx.params, deadlineOf(ctx));
  }),
  me: read(accountsContract.me, async function me(ctx) {
    return found(await this.repositories.profiles.findByUserId(ctx.params.userId), 'token_invalid');
  }),
  updateMe: write(accountsContract.updateMe, function updateMe(ctx) {
    return updateProfile(this.repositories, ctx.params);
  }),
  byUserId: read(accountsContract.byUserId, async function byUserId(ctx) {
    return found(await this.repositories.profiles.findByUserId(ctx.params.userId), 'profile_not_found');
  }),
  byUsername: read(accountsContract.byUsername, async function byUsername(ctx) {
    return found(await this.repositories.profiles.findByUsername(ctx.params.username), 'profile_not_found');
  }),
  cards: read(accountsContract.cards, async function cards(ctx) {
    const users = await this.repositories.profiles.cards(ctx.params.usernames.map(usernameKey));
    return users.map(({ usernameLower, userId, avatarUrl }) => ({
      usernameLower,
      userId,
      avatarUrl: avatarUrl || null,
    }));
  }),
  tokenSecrets: read(accountsContract.tokenSecrets, async function tokenSecrets() {
    // One that is configured goes to whoever needs it by configuration, not over the wire.
    if (config().jwtSecret.length > 0) throw new Error('JWT_SECRET is set here and not where tokens are verified');
    return [await this.repositories.secrets.tokenSecret()];
  }),
};
