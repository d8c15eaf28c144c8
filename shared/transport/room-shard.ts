import { monotonic } from '#shared/deadline.ts';
import { type Context, type Endpoint, Strategies } from 'moleculer';

/** How much of a room's calls may be told apart; FNV-1a with a final mix, so that near names do not stay near. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** The node of highest score has the room (rendezvous hashing): when a node goes, only its own rooms move. */
export function nodeOf(room: string, nodeIds: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestScore = -1;
  for (const id of nodeIds) {
    const score = hash(`${id}\0${room}`);
    if (score > bestScore || (score === bestScore && best !== undefined && id < best)) [best, bestScore] = [id, score];
  }
  return best;
}

/** Longer than a dead node stays in the registry: by then its missing heartbeats have taken it out. */
const SUSPECT_MS = 5_000;

/** Nodes that did not answer in time, and until when they are passed over (monotonic ms). */
const suspects = new Map<string, number>();

/** Passes a node over for five seconds, in this process, wherever there is another. */
export function suspect(nodeId: string): void {
  suspects.set(nodeId, monotonic() + SUSPECT_MS);
}

function isSuspect(nodeId: string): boolean {
  const until = suspects.get(nodeId);
  if (until === undefined) return false;
  if (until > monotonic()) return true;
  suspects.delete(nodeId);
  return false;
}

/**
 * L9, affinity: calls that touch a room go to one instance, so that its window is warm and its writes meet in one flush.
 * Correctness does not depend on it. Moleculer's own Shard picks its ring's node again on a retry; this one passes over
 * nodes that stayed silent. A call without a room goes to any.
 */
export class RoomShard extends Strategies.Base {
  override select(list: Endpoint[], ctx?: Context): Endpoint {
    const others = suspects.size > 0 ? list.filter(({ id }) => !isSuspect(id!)) : list;
    const from = others.length > 0 ? others : list;
    if (from.length === 1) return from[0]!;
    const room = (ctx?.params as { room?: unknown } | undefined)?.room;
    if (typeof room !== 'string') return from[Math.floor(Math.random() * from.length)]!;
    const id = nodeOf(
      room,
      from.map((one) => one.id!),
    );
    return from.find((one) => one.id === id)!;
  }
}

/** The name by which actions ask for this strategy; it travels with their description to the callers' registries. */
export const ROOM_SHARD = 'RoomShard';

/** Makes the strategy known by its name; once a process is enough. */
export function registerRoomShard(): void {
  (Strategies as unknown as { register(name: string, strategy: unknown): void }).register(ROOM_SHARD, RoomShard);
}
