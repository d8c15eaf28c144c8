import { describe, expect, it } from '@jest/globals';
import { type Context, type Endpoint, ServiceBroker, Strategies } from 'moleculer';
import { brokerOptions } from '#shared/broker.ts';
import { loadConfig } from '#shared/config.ts';
import { nodeOf, ROOM_SHARD, RoomShard, suspect } from '#shared/transport/room-shard.ts';

const rooms = Array.from({ length: 3_000 }, (_, index) => `room-${index}`);
const placesOf = (nodes: string[]) => new Map(rooms.map((room) => [room, nodeOf(room, nodes)!]));

const contextOf = (params: unknown) => ({ params }) as Context;

describe('the node of a room (L9)', () => {
  it('is the same whoever asks, in whatever order the nodes are listed', () => {
    expect(placesOf(['a', 'b', 'c'])).toEqual(placesOf(['c', 'a', 'b']));
  });

  it('spreads rooms evenly', () => {
    const counts = new Map<string, number>();
    for (const node of placesOf(['messages-1', 'messages-2', 'messages-3']).values())
      counts.set(node, (counts.get(node) ?? 0) + 1);
    expect(counts.size).toBe(3);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('changes only for the rooms of a node that goes', () => {
    const [before, after] = [placesOf(['a', 'b', 'c']), placesOf(['a', 'c'])];
    const others = rooms.filter((room) => before.get(room) !== 'b');
    expect(others.map((room) => after.get(room))).toEqual(others.map((room) => before.get(room)));
  });
});

describe('the strategy', () => {
  const broker = new ServiceBroker({ ...brokerOptions(loadConfig({ LOG_LEVEL: 'silent' })), logger: false });
  const strategy = new RoomShard(broker.registry, broker, {});
  const nodes = ['x-1', 'x-2', 'x-3'].map((id) => ({ id }) as Endpoint);

  it('is known by its name, which travels with the actions', () => {
    expect((Strategies as unknown as { resolve(name: string): unknown }).resolve(ROOM_SHARD)).toBe(RoomShard);
  });

  it('picks the node of the room, and any for a call without one', () => {
    for (const room of rooms.slice(0, 100))
      expect(strategy.select(nodes, contextOf({ room })).id).toBe(nodeOf(room, ['x-1', 'x-2', 'x-3']));
    const picked = new Set(Array.from({ length: 200 }, () => strategy.select(nodes, contextOf({ rooms: [] })).id));
    expect(picked.size).toBe(3);
  });

  it('passes over a node that stayed silent, unless there is no other', () => {
    suspect('x-2');
    for (const room of rooms.slice(0, 100))
      expect(strategy.select(nodes, contextOf({ room })).id).toBe(nodeOf(room, ['x-1', 'x-3']));
    expect(strategy.select([nodes[1]!], contextOf({ room: 'r' })).id).toBe('x-2');
    suspect('x-1');
    suspect('x-3');
    expect(strategy.select(nodes, contextOf({ room: 'r' })).id).toBe(nodeOf('r', ['x-1', 'x-2', 'x-3']));
  });
});
