import type { Position } from '#services/profiles/dating/fields/place.ts';
import { distanceKm } from '#services/profiles/dating/match/distance.ts';

/** A profile as a change left it. */
export interface Change {
  id: string;
  /** The key of its name. */
  name: string;
  /** Whether others see it. */
  visible: boolean;
  /** Where others find it. */
  point: Position | null;
}

/** What a list looked at: whatever changes beyond it leaves the list as it is. */
export interface Reach {
  /** The name of who looks, and whose profile that is. */
  viewer: { name: string; id: string | undefined };
  /** Profiles on the list. */
  ids: ReadonlySet<string>;
  /** Where the list begins; without it the list is of the newest. */
  from: Position | undefined;
  /** A profile within so many kilometres would be on the list. */
  edgeKm: number;
  /** Whether a profile of an unknown place might be. */
  nowhere: boolean;
}

/** Kilometres by which the server's and our own distances may differ. */
const MARGIN = 0.1;

/** Whether a list may be another one after a change. */
export function touches({ viewer, ids, from, edgeKm, nowhere }: Reach, { id, name, visible, point }: Change): boolean {
  if (ids.has(id) || id === viewer.id || name === viewer.name) return true;
  if (!visible) return false;
  if (!from) return true;
  return point ? distanceKm(from, point) <= edgeKm + MARGIN : nowhere;
}
