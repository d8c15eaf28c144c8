import type { Document } from 'mongodb';
import { positionIn, publicPointOf } from '#services/profiles/dating/area.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import { readDating } from '#services/profiles/dating/stored.ts';

export interface Examined {
  returned: number;
  /** Documents that the server looked at. */
  examined: number;
  /** The highest number of documents looked at for one that was returned. */
  worst: number;
}

/** What the server looks at for the lists of these viewers. */
export async function examinedFor(
  repository: DatingRepository,
  viewers: readonly string[],
  maxKm: number | undefined,
  limit: number,
): Promise<Examined> {
  const sum: Examined = { returned: 0, examined: 0, worst: 0 };
  for (const viewer of viewers) {
    const document = await repository.find(viewer);
    const position = document && positionIn(readDating(document).location);
    if (!position) throw new Error(`${viewer} has no place`);
    const from = publicPointOf(position, String(document._id));
    const { executionStats } = (await repository.nearest(from, maxKm, limit).explain('executionStats')) as {
      executionStats: Document;
    };
    const [returned, examined] = [Number(executionStats.nReturned), Number(executionStats.totalDocsExamined)];
    sum.returned += returned;
    sum.examined += examined;
    sum.worst = Math.max(sum.worst, examined / returned);
  }
  return sum;
}
