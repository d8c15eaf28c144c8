import { randomUUID } from 'node:crypto';
import type { ChatApi } from '#test/clients/socket-server/chat-api.ts';
import type { ChatServer } from '#test/clients/socket-server/chat.ts';

/** "A joined" and "A left": shown at once when their time has come, then stored. */
export class SystemLines {
  readonly #io: ChatServer;
  readonly #api: ChatApi;
  readonly #delayMs: number;
  /** While true no line is taken. */
  muted = false;
  readonly #waiting = new Set<NodeJS.Timeout>();

  constructor(io: ChatServer, api: ChatApi, delayMs: number) {
    this.#io = io;
    this.#api = api;
    this.#delayMs = delayMs;
  }

  later(groupId: string, text: string): void {
    if (this.muted) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      void this.#say(groupId, text);
    }, this.#delayMs);
    this.#waiting.add(timer);
  }

  /** Drops the lines that wait. */
  stop(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#waiting.clear();
  }

  async #say(groupId: string, text: string): Promise<void> {
    const now = new Date();
    const optimisticId = `sys-${randomUUID()}`;
    const line = {
      messageId: optimisticId,
      username: 'system',
      text,
      system: true,
      timestamp: now.toISOString(),
      createdAt: now.getTime(),
      _optimistic: true,
    };
    this.#io.to(groupId).emit('message', { groupId, message: line });
    const message = await this.#api.send(groupId, line);
    if (!message) return;
    this.#io.to(groupId).emit('message-reconcile', { groupId, optimisticId, realId: message.messageId, message });
  }
}
