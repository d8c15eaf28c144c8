import { expect } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import type { Said } from '#tools/adopt/drill/old-messages.ts';

const at = (room: string): string =>
  room.startsWith('dm:') ? `/api/dm/${encodeURIComponent(room)}` : `/api/messages/${encodeURIComponent(room)}`;

export async function readJson<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(url + path);
  const text = await answer.text();
  expect(`${answer.status} ${answer.ok ? '' : text}`).toBe('200 ');
  return JSON.parse(text) as T;
}

/** All messages of a room, page by page, oldest first. */
export async function readRoom(url: string, room: string): Promise<MessageView[]> {
  const pages: MessageView[][] = [];
  for (let next: number | null | undefined; next !== null;) {
    const query = next === undefined ? '' : `&beforeSeq=${next}`;
    const page = await readJson<{ items: MessageView[]; nextBeforeSeq: number | null }>(
      url,
      `${at(room)}/page?limit=200${query}`,
    );
    pages.push(page.items);
    next = page.nextBeforeSeq;
  }
  return pages.reverse().flat();
}

/** The fields of a message that are said to be so; where a function is asked, its answer. */
const told = (message: MessageView | undefined, fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const is: unknown = message?.[name as keyof MessageView];
      return [name, typeof value === 'function' ? (value as (is: unknown) => unknown)(is) : is];
    }),
  );

/** Holds a room against what its old documents say: the same messages in the same order, with all that was said. */
export function expectRoom(room: string, messages: readonly MessageView[], said: readonly Said[]): void {
  let last = 0;
  const times = said.map((one) => (last = Math.max(one.at, last + 1)));
  expect(messages.map(({ seq }) => seq)).toEqual(said.map((_, n) => n + 1));
  expect(messages.map(({ createdAt }) => createdAt)).toEqual(times);
  expect(new Set(messages.map(({ roomId }) => roomId))).toEqual(new Set([room]));
  const wanted = said.map(({ fields }) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === 'function' ? true : value]),
    ),
  );
  expect(messages.map((message, n) => told(message, said[n]?.fields ?? {}))).toEqual(wanted);
}
