import type { ChatApi } from '#test/clients/socket-server/chat-api.ts';
import type { Group } from '#test/clients/support/types.ts';

/** How long what is known of a group counts, in ms. */
const KEPT_MS = 10_000;

/** Groups by the id that was asked for. One that was not found is asked for again. */
export function knownGroups(api: ChatApi): (id: string) => Promise<Group | null> {
  const known = new Map<string, { group: Group; until: number }>();
  return async (id) => {
    const kept = known.get(id);
    if (kept && performance.now() < kept.until) return kept.group;
    const group = await api.group(id);
    if (group) known.set(id, { group, until: performance.now() + KEPT_MS });
    return group;
  };
}
