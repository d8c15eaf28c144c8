import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { Maybe, Nullable, Text, Type } from '#shared/schema.ts';
import { FRIENDS, PASSWORD, USERNAME } from '#services/profiles/accounts/account-rules.ts';
import { ProfileShape } from '#services/profiles/accounts/profile.shape.ts';

const SignedIn = Type.Object({
  token: Type.String({ description: 'For `Authorization: Bearer`' }),
  profile: ProfileShape,
});
const UserId = Text(LIMITS.id, { minLength: 1 });
const NewName = Type.String({ ...USERNAME, description: 'Trimmed; without | and /' });
const AvatarUrl = Maybe(Text(LIMITS.avatar, { description: 'URL or data URL' }));
/** Set by the gateway. */
const Address = Text(LIMITS.id);

export const accountsContract = {
  signUp: {
    params: Type.Object({
      username: NewName,
      password: Type.String({ ...PASSWORD, description: 'Three of lower case, upper case, digits and symbols' }),
      avatarUrl: AvatarUrl,
      address: Address,
    }),
    result: SignedIn,
  },
  logIn: {
    params: Type.Object({
      username: Text(LIMITS.id, { description: 'In any case' }),
      password: Text(LIMITS.id),
      address: Address,
    }),
    result: SignedIn,
  },
  me: { params: Type.Object({ userId: UserId }), result: ProfileShape },
  updateMe: {
    params: Type.Object({
      userId: UserId,
      username: Maybe(NewName),
      avatarUrl: AvatarUrl,
      friends: Maybe(
        Type.Array(Text(FRIENDS.length), { description: `Trimmed, none twice; the first ${FRIENDS.count} are kept` }),
      ),
    }),
    result: ProfileShape,
  },
  byUserId: { params: Type.Object({ userId: UserId }), result: ProfileShape },
  byUsername: {
    params: Type.Object({ username: Text(LIMITS.id, { minLength: 1, description: 'In any case' }) }),
    result: ProfileShape,
  },
  /** Internal: what lists show of the users with these names, as they are now; names that nobody has are left out. */
  cards: {
    params: Type.Object({ usernames: Type.Array(Text(LIMITS.id), { maxItems: 2_000 }) }),
    result: Type.Array(
      Type.Object({
        usernameLower: Type.String(),
        userId: Type.String(),
        avatarUrl: Nullable(Type.String({ description: 'Null also when it is over 64 KiB' })),
      }),
    ),
  },
  /** Internal: what the gateway verifies tokens with where JWT_SECRET is not set. */
  tokenSecrets: { params: Type.Object({}), result: Type.Array(Type.String()) },
} satisfies Contract;
