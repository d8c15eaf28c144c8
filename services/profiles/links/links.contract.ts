import type { Contract } from '#shared/contract.ts';
import { LIMITS } from '#shared/limits.ts';
import { FreeJson, Maybe, Text, Type } from '#shared/schema.ts';

/** Characters of a bio. */
export const BIO = 1_000;

/** Links of a user, and UTF-8 bytes of JSON of each. */
export const LINKS = { count: 50, bytes: 4 * 1024 } as const;

const Key = Text(LIMITS.id, { minLength: 1 });
const Bio = Type.Object({ bio: Type.String() });
const Links = Type.Array(
  FreeJson({
    type: 'object',
    description: `Kept as sent, such as { id, type, url }; at most ${LINKS.bytes / 1024} KiB of JSON`,
  }),
  { maxItems: LINKS.count },
);

export const linksContract = {
  bio: { params: Type.Object({ userId: Key }), result: Bio },
  putBio: { params: Type.Object({ userId: Key, bio: Maybe(Text(BIO, { description: 'Null: none' })) }), result: Bio },
  links: {
    params: Type.Object({
      userId: Key,
      legacy: Type.Optional(Text(LIMITS.id, { description: 'The name under which they may be kept instead' })),
    }),
    result: Links,
  },
  putLinks: { params: Type.Object({ userId: Key, links: Links }), result: Links },
  linksByName: { params: Type.Object({ username: Key }), result: Links },
  copyLinks: {
    params: Type.Object({
      from: Maybe(Text(LIMITS.id, { description: 'A name' })),
      to: Maybe(Text(LIMITS.id, { description: 'A userId' })),
    }),
    result: Type.Object({ success: Type.Boolean() }),
  },
} satisfies Contract;
