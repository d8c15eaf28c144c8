import type { Filters, Message } from '#test/clients/support/types.ts';

/** The messages that a user wants to see in a room: none of whom he filters there, from the time of the filter on. */
export function filtered(messages: readonly Message[], { items }: Filters, room: string): Message[] {
  const since = new Map(
    items
      .filter(({ groupId }) => groupId === room)
      .map(({ normalized, username, createdAt }) => [normalized ?? username.trim().toLowerCase(), createdAt ?? 0]),
  );
  return messages.filter(({ username, createdAt }) => {
    const from = since.get((username ?? '').trim().toLowerCase());
    return from === undefined || createdAt < from;
  });
}
