import { usernameKey } from '#services/profiles/profile.document.ts';
import { STORED_FIELDS } from '#services/profiles/dating/stored.ts';
import { avatarNotes, keptAvatar } from '#tools/adopt/group-kind.ts';
import type { Kind } from '#tools/adopt/kind.ts';
import { isNone, millisOf, type Note, type Old, textOf } from '#tools/adopt/values.ts';

const hasAccount = ({ userId }: Old): boolean => typeof userId === 'string' && userId !== '';

/** The dating profile of a document, without the account. */
const datingOf = (document: Old): Record<string, unknown> =>
  Object.fromEntries(
    ['hasDatingProfile', ...STORED_FIELDS].filter((name) => name in document).map((name) => [name, document[name]]),
  );

/** Later than any time, so that an account comes after every ghost. */
const ACCOUNT = 10 ** 15;

/**
 * People. The older service made a second document, without account, when a dating profile was saved under a name in
 * other case: a ghost. The account stays; it takes over the ghost's dating profile when it has none of its own.
 */
export const profileKind: Kind = {
  stays: 'last',
  others: 'profiles of a name that another one has (ghosts)',
  read(document, { avatarOf }) {
    const username = textOf(document.username);
    const key = username === null ? '' : usernameKey(username);
    if (key === '') return { why: 'profile without a name' };
    const notes: Note[] = [
      ...(typeof document.username === 'string' ? [] : [['username of another type'] as const]),
      ...(isNone(document.usernameLower) ? [['usernameLower missing'] as const] : []),
      ...(hasAccount(document) ? [] : [['profiles without an account (no userId)'] as const]),
      ...avatarNotes(document.avatarUrl, avatarOf),
    ];
    const at = (millisOf(document.updatedAt) ?? 0) + (hasAccount(document) ? ACCOUNT : 0);
    return { parts: [key], at, notes };
  },
  write(documents, [key], { avatarOf }) {
    const person = documents[documents.length - 1]!;
    const ghost = documents.findLast((one) => one !== person && one.hasDatingProfile === true);
    const { names, avatarUrl } = person;
    return {
      ...person,
      ...(person.hasDatingProfile !== true && ghost && datingOf(ghost)),
      username: textOf(person.username),
      usernameLower: key,
      names: Array.isArray(names) ? names : [key],
      ...('avatarUrl' in person && { avatarUrl: keptAvatar(avatarUrl, avatarOf) }),
    };
  },
};
