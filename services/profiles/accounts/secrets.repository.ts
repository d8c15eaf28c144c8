import { randomBytes } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import { upserting } from '#shared/upserting.ts';

interface SecretDocument {
  _id: 'tokens';
  value: string;
}

/** As many as the hash has (RFC 7518, 3.2). */
const SECRET_BYTES = 32;

/** Every query of `secrets`: what instances must agree about and a restart must not change. Throws the driver's errors. */
export class SecretsRepository {
  readonly #secrets: Collection<SecretDocument>;

  constructor(db: Db) {
    this.#secrets = db.collection('secrets');
  }

  /** The secret of tokens; a random one, made once for the database. */
  async tokenSecret(): Promise<string> {
    const made = randomBytes(SECRET_BYTES).toString('base64url');
    const kept = await upserting(() =>
      this.#secrets.findOneAndUpdate(
        { _id: 'tokens' },
        { $setOnInsert: { value: made } },
        { upsert: true, returnDocument: 'after' },
      ),
    );
    if (!kept) throw new Error('an upsert answered no secret');
    return kept.value;
  }
}
