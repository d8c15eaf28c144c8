import { randomUUID } from 'node:crypto';
import { DURABLE } from '#shared/room-log/append.ts';
import type { Collections } from '#shared/room-log/collections.ts';

/** L8: the database-wide generation; `npm run restored` gives a new one. */
export async function readGeneration({ meta }: Pick<Collections, 'meta'>): Promise<string> {
  const document = await meta.findOneAndUpdate(
    { _id: 'generation' },
    { $setOnInsert: { value: randomUUID().slice(0, 8) } },
    { upsert: true, returnDocument: 'after', writeConcern: DURABLE },
  );
  return document!.value!;
}
