import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import type { ClientEvent, ClientEvents } from '#test/clients/socket-server/events.ts';
import type { User } from '#test/clients/socket-server/chat-api.ts';

/** An event that is waited for must come within this time, in ms. */
const PATIENCE_MS = 10_000;

/** The app's end of a socket: it keeps all that it receives, by event. */
export class ChatClient {
  readonly user: User;
  readonly #socket: Socket;
  readonly #received = new Map<string, unknown[]>();

  private constructor(url: string, user: User) {
    this.user = user;
    this.#socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
    this.#socket.onAny((event: string, payload: unknown) => this.#of(event).push(payload));
  }

  static async connect(url: string, user: User): Promise<ChatClient> {
    const client = new ChatClient(url, user);
    await client.next('presence:snapshot');
    return client;
  }

  emit<E extends ClientEvent>(event: E, payload: ClientEvents[E]): void {
    this.#socket.emit(event, payload);
  }

  /** The oldest of this event that was not taken yet; waits for one. */
  async next<T>(event: string): Promise<T> {
    const queue = this.#of(event);
    for (const until = performance.now() + PATIENCE_MS; queue.length === 0; await sleep(2))
      if (performance.now() > until) throw new Error(`${this.user.username} received no ${event}: ${this.#summary()}`);
    return queue.shift() as T;
  }

  /** How many of this event were received and not taken. */
  waiting = (event: string): number => this.#of(event).length;

  /** Forgets what was received. */
  forget(): void {
    for (const queue of this.#received.values()) queue.length = 0;
  }

  join(groupId: string): void {
    this.emit('join', { ...this.user, groupId, groupName: groupId });
  }

  /** Sends a text to a group, and gives the local id by which its own copy is known. */
  say(groupId: string, text: string, more: Partial<ClientEvents['message']> = {}): string {
    const localId = randomUUID();
    this.emit('message', { groupId, text, localId, ...more });
    return localId;
  }

  close(): void {
    this.#socket.disconnect();
  }

  #of(event: string): unknown[] {
    const queue = this.#received.get(event) ?? [];
    this.#received.set(event, queue);
    return queue;
  }

  #summary(): string {
    return [...this.#received].map(([event, { length }]) => `${event} ${length}`).join(', ');
  }
}
