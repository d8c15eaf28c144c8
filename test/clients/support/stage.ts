import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { ChatClient } from '#test/clients/socket-client.ts';
import { startSocketServer, type SocketServer } from '#test/clients/socket-server/server.ts';
import { isNotYet } from '#test/clients/not-yet.ts';
import { Recorder } from '#test/clients/support/recorder.ts';
import type { Group, Message } from '#test/clients/support/types.ts';
import { openGateway, type TestGateway } from '#test/http/support/gateway.ts';
import { unique } from '#test/http/support/rooms.ts';

/** Short, so that nobody waits for a line; long enough that it comes after all that the join itself does. */
const SYSTEM_LINE_MS = 400;

/** The gateway behind a recording proxy, and through it the socket server in the field with its users. */
export class Stage {
  gateway!: TestGateway;
  recorder!: Recorder;
  sockets!: SocketServer;
  readonly #clients: ChatClient[] = [];

  async open(): Promise<void> {
    this.gateway = await openGateway();
    this.recorder = new Recorder(this.gateway.url);
    await this.recorder.start();
    this.sockets = await startSocketServer({
      apiUrl: `${this.recorder.url}/api`,
      systemLineMs: SYSTEM_LINE_MS,
    });
  }

  async close(): Promise<void> {
    this.hangUp();
    await this.sockets?.close();
    await this.recorder?.close();
    await this.gateway?.stop();
  }

  /** A user, connected and registered as the app does it; nobody else has his name. */
  async user(name: string, more: { bubbleColor?: string } = {}): Promise<ChatClient> {
    const username = unique(name);
    const client = await ChatClient.connect(this.sockets.url, { userId: `u_${username}`, username, ...more });
    this.#clients.push(client);
    client.emit('session:register', client.user);
    await client.next('dm:threads');
    return client;
  }

  hangUp(): void {
    for (const client of this.#clients.splice(0)) client.close();
  }

  /** A new group; of an older database, with two different ids, where the gateway's database is within reach. */
  async group(): Promise<Group> {
    const id = unique('room');
    const { db, url } = this.gateway;
    if (db) {
      const _id = new ObjectId();
      await db.collection('groups').insertOne({ _id, id, name: id });
      return { id, name: id, databaseId: _id.toHexString() };
    }
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/groups`, { method: 'POST', headers, body: JSON.stringify({ name: id }) });
    return (await answer.json()) as Group;
  }

  /** The messages of a room, not through the recorder. */
  async messages(room: string): Promise<Message[]> {
    const answer = await fetch(`${this.gateway.url}/api/messages/${encodeURIComponent(room)}/latest`);
    return (await answer.json()) as Message[];
  }

  /** Throws when something went wrong that no client would have told of. */
  check(): void {
    const { client } = this.sockets;
    const faults = this.sockets.faults.splice(0);
    if (faults.length > 0) throw new AggregateError(faults, 'a handler of the stand-in failed');
    if (client.breaker.opened > 0) throw new Error(`the breaker opened: ${JSON.stringify(client.failures)}`);
    const wrong = this.recorder.calls.filter(
      ({ method, path, status }) => status >= 500 || (status >= 400 && !isNotYet(method, path) && !isLookUp(path)),
    );
    if (wrong.length > 0) throw new Error(`calls failed: ${JSON.stringify(wrong, null, 1)}`);
  }
}

/** Looking for what may not be there. */
const isLookUp = (path: string): boolean => /\/by-(id|ts)\//.test(path) || path.startsWith('/groups/nobody-');

/** The stage for the tests of a file; each test starts with no user connected, and fails for what went wrong unseen. */
export function useStage(): Stage {
  const stage = new Stage();
  beforeAll(() => stage.open(), 60_000);
  afterEach(() => {
    stage.hangUp();
    stage.sockets.reset();
    stage.check();
  });
  afterAll(() => stage.close(), 30_000);
  return stage;
}
