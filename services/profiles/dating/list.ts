import { setImmediate as nextTurn } from 'node:timers/promises';
import { MIB } from '#shared/limits.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';
import { positionOf } from '#services/profiles/dating/area.ts';
import { isVisible } from '#services/profiles/dating/dating.ts';
import type { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import type { DatingView } from '#services/profiles/dating/dating.shape.ts';
import { datingView } from '#services/profiles/dating/dating-view.ts';
import type { Position } from '#services/profiles/dating/fields/place.ts';
import type { Reach } from '#services/profiles/dating/reach.ts';
import { distanceKm } from '#services/profiles/dating/match/distance.ts';
import { matchOf, type Person, personOf } from '#services/profiles/dating/match/match.ts';
import { type DatingDocument, readDating } from '#services/profiles/dating/stored.ts';

/** What a list is asked by. */
export interface ListQuery {
  /** Whose list it is. */
  viewer?: string;
  /** Whether that is known: only then is the viewer told his own place exactly. */
  known: boolean;
  /** Where the viewer is; else his profile tells. */
  position?: Position;
  maxKm?: number;
  limit: number;
}

/** UTF-8 bytes of an answer: 2,000 profiles of what people write are some 3 MiB. What is further down is left out. */
const MAX_BYTES = 8 * MIB;

/** Profiles that are scored before others have their turn: some 2 ms. */
const AT_ONCE = 50;

/** Everything known of who looks. */
interface Viewer {
  key: string;
  id: string | undefined;
  known: boolean;
  /** Null when others don't see him: then he is told no matches. */
  person: Person | null;
  point: Position | undefined;
}

/** Where others find a person. */
const publicPosition = ({ datingPoint }: DatingDocument): Position | undefined =>
  datingPoint && positionOf(datingPoint);

async function viewerOf(repository: DatingRepository, { viewer, known, position }: ListQuery): Promise<Viewer> {
  const document = viewer === undefined ? null : await repository.find(viewer);
  if (!document) {
    const key = viewer === undefined ? '' : usernameKey(viewer);
    return { key, id: undefined, known, person: null, point: position };
  }
  const dating = readDating(document);
  // Not the exact place of his profile: whoever may ask in his name would find it by the distances from it.
  const point = position ?? publicPosition(document);
  const visible = document.hasDatingProfile === true || isVisible(dating);
  const id = String(document._id);
  return { key: document.usernameLower, id, known, person: visible ? personOf(dating, point) : null, point };
}

function entryOf(document: DatingDocument, viewer: Viewer): DatingView {
  const dating = readDating(document);
  const own = viewer.key !== '' && document.usernameLower === viewer.key;
  const point = own ? viewer.point : publicPosition(document);
  const breakdown = viewer.person && !own ? matchOf(viewer.person, personOf(dating, point)) : undefined;
  return {
    ...datingView(document, dating, own && viewer.known),
    ...(breakdown && { matchPercentage: breakdown.total, matchBreakdown: breakdown }),
    ...(viewer.point && point && { distanceMeters: Math.round(distanceKm(viewer.point, point) * 1_000) }),
  };
}

/** From the nearest outwards, then those whose place is not known; without a place of the viewer the newest first. */
async function* candidates(
  repository: DatingRepository,
  { limit, maxKm }: ListQuery,
  from: Position | undefined,
): AsyncGenerator<DatingDocument> {
  if (!from) {
    yield* repository.newest(limit);
    return;
  }
  let left = limit;
  for await (const document of repository.nearest(from, maxKm, limit)) {
    left -= 1;
    yield document;
  }
  if (maxKm === undefined && left > 0) yield* repository.nowhere(left);
}

/** A list as JSON, and what changes it. */
export interface Listed {
  json: Buffer;
  reach: Reach;
}

/** Visible profiles with how well they match. It costs what it returns. */
export async function listProfiles(repository: DatingRepository, query: ListQuery): Promise<Listed> {
  const viewer = await viewerOf(repository, query);
  const entries: string[] = [];
  const ids = new Set<string>();
  let bytes = 0;
  let furthestKm = 0;
  let nowhere = false;
  let full = false;
  for await (const document of candidates(repository, query, viewer.point)) {
    const point = publicPosition(document);
    const entry = JSON.stringify(entryOf(document, viewer));
    bytes += Buffer.byteLength(entry) + 1;
    full = bytes > MAX_BYTES || entries.length + 1 === query.limit;
    if (bytes > MAX_BYTES) break;
    entries.push(entry);
    ids.add(String(document._id));
    if (!point) nowhere = true;
    else if (viewer.point) furthestKm = Math.max(furthestKm, distanceKm(viewer.point, point));
    if (entries.length % AT_ONCE === 0) await nextTurn();
  }
  // Those of an unknown place come last: as long as there is one of them, everybody with a place is on the list.
  const open = !full || nowhere;
  return {
    json: Buffer.from(`[${entries.join(',')}]`),
    reach: {
      viewer: { name: viewer.key, id: viewer.id },
      ids,
      from: viewer.point,
      edgeKm: open ? (query.maxKm ?? Number.POSITIVE_INFINITY) : furthestKm,
      nowhere: open && query.maxKm === undefined,
    },
  };
}
