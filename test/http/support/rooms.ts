import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { MessageView } from '#shared/rooms/message.shape.ts';
import type { Api, Options } from '#test/http/support/api.ts';
import type { Answer } from '#test/http/support/http.ts';

/** A name that nothing else has: the gateway may be shared, and may have run the suite before. */
export const unique = (name: string): string => `${name}-${randomBytes(5).toString('hex')}`;

/** A DM of two users that nobody else has. */
export function uniqueDm(): { dm: string; alice: string; bob: string } {
  const [alice, bob] = [unique('alice'), unique('bob')];
  return { dm: `dm:${alice}|${bob}`, alice, bob };
}

/** Where a room is served. */
export const at = (room: string): string =>
  room.startsWith('dm:') ? `/api/dm/${encodeURIComponent(room)}` : `/api/messages/${encodeURIComponent(room)}`;

const postPath = (room: string): string => (room.startsWith('dm:') ? `${at(room)}/message` : at(room));

export const postTo = (api: Api, room: string, body: object, options: Options = {}): Promise<Answer> =>
  api.post(postPath(room), body, options);

/** Stores a message and gives it as answered. */
export async function say(api: Api, room: string, body: object = { username: 'Ada', text: 'hi' }) {
  const answer = await postTo(api, room, body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.json<MessageView>();
}

/** Stores so many messages, one after the other: `1`, `2`, … */
export async function sayMany(api: Api, room: string, count: number): Promise<MessageView[]> {
  const messages: MessageView[] = [];
  for (let n = 1; n <= count; n++) messages.push(await say(api, room, { username: 'Ada', text: String(n) }));
  return messages;
}

async function read<T>(api: Api, path: string, options?: Options): Promise<T> {
  const answer = await api.get(path, options);
  expect(answer).toMatchObject({ status: 200 });
  return answer.json<T>();
}

export const latest = (api: Api, room: string, query = ''): Promise<MessageView[]> =>
  read(api, `${at(room)}/latest${query}`);

export const byId = (api: Api, room: string, messageId: string): Promise<MessageView> =>
  read(api, `${at(room)}/by-id/${messageId}`);

export interface Page {
  items: MessageView[];
  nextBefore: number | null;
  nextAfter: number | null;
  nextBeforeSeq: number | null;
  nextAfterSeq: number | null;
}

export const page = (api: Api, room: string, query = ''): Promise<Page> => read(api, `${at(room)}/page${query}`);

export const around = (api: Api, room: string, messageId: string, query = ''): Promise<Page> =>
  read(api, `${at(room)}/around/${messageId}${query}`);

export interface Feed {
  items: MessageView[];
  next: string;
  reset: boolean;
}

export const changes = (api: Api, room: string, query = '', options?: Options): Promise<Feed> =>
  read(api, `${at(room)}/changes${query}`, options);

export const texts = (messages: readonly MessageView[]): string[] => messages.map(({ text }) => text);
