import type { ServiceBroker } from 'moleculer';
import { nodeOf } from '#shared/transport/room-shard.ts';
import { command } from '#tools/repl/commands/command.ts';
import { type RoomTarget, targetOf } from '#tools/repl/room-target.ts';

/** The instances of a service that are online, by name. */
function instancesOf({ registry }: ServiceBroker, service: RoomTarget['service']): string[] {
  const actions = registry.getActionList({ withEndpoints: true });
  const endpoints = actions.find(({ name }) => name === `${service}.latest`)?.endpoints ?? [];
  return endpoints
    .filter(({ available, state }) => available && state)
    .map(({ nodeID }) => nodeID)
    .sort();
}

/** Which instance the calls for a room go to, as every process of the cluster reckons it. */
export const affinity = command({
  command: 'affinity <room>',
  description: 'The instance that serves a room, among those that could',
  async run(broker, { room: id }) {
    const { service, room } = await targetOf(broker, id!);
    const instances = instancesOf(broker, service);
    const owner = nodeOf(room, instances);
    if (owner === undefined) return [`${room}: no instance of ${service} is online`];
    return [`${room} is served by ${owner}`, ...instances.map((one) => `  ${one === owner ? '*' : ' '} ${one}`)];
  },
});
