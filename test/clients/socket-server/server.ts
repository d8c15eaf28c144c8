import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { ApiClient, type Times } from '#test/clients/socket-server/api-client.ts';
import { ChatApi } from '#test/clients/socket-server/chat-api.ts';
import type { Chat, ChatServer, ChatSocket, Handlers } from '#test/clients/socket-server/chat.ts';
import { knownGroups } from '#test/clients/socket-server/known-groups.ts';
import { SystemLines } from '#test/clients/socket-server/system-lines.ts';
import { datingHandlers } from '#test/clients/socket-server/handlers/dating.ts';
import { directHandlers } from '#test/clients/socket-server/handlers/direct.ts';
import { groupHandlers } from '#test/clients/socket-server/handlers/groups.ts';
import { messageHandlers } from '#test/clients/socket-server/handlers/messages.ts';
import { greet, part, sessionHandlers } from '#test/clients/socket-server/handlers/session.ts';

const HANDLERS: Handlers = {
  ...sessionHandlers,
  ...groupHandlers,
  ...messageHandlers,
  ...directHandlers,
  ...datingHandlers,
};

type AnyHandler = (chat: Chat, socket: ChatSocket, payload: unknown) => unknown;

export interface SocketServerOptions {
  /** The API, with `/api`. */
  apiUrl: string;
  times?: Times;
  /** When a system line is said after a join or leave, in ms; 5,000 in the field. */
  systemLineMs?: number;
}

export interface SocketServer {
  url: string;
  client: ApiClient;
  /** What handlers threw: bugs of this stand-in. */
  faults: unknown[];
  systemLines: SystemLines;
  /** Drops every socket, and the system lines that wait. */
  reset(): void;
  close(): Promise<void>;
}

/**
 * A stand-in for the socket server in the field: the same events, and for each the same calls of the API in the same
 * order, with the same patience.
 */
export async function startSocketServer({
  apiUrl,
  times,
  systemLineMs = 5_000,
}: SocketServerOptions): Promise<SocketServer> {
  const http = createServer();
  const io: ChatServer = new Server(http);
  const client = new ApiClient(apiUrl, times);
  const api = new ChatApi(client);
  const systemLines = new SystemLines(io, api, systemLineMs);
  const chat: Chat = { io, api, systemLines, group: knownGroups(api) };
  const faults: unknown[] = [];
  const run = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      faults.push(error);
    }
  };

  io.on('connection', (socket) => {
    socket.data.groups = new Set();
    greet(chat, socket);
    socket.onAny((event: string, payload: unknown) => {
      const handler = HANDLERS[event as keyof Handlers] as AnyHandler;
      void run(() => handler(chat, socket, payload));
    });
    socket.on('disconnect', () => void run(() => part(chat, socket)));
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));

  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    client,
    faults,
    systemLines,
    reset: () => {
      io.disconnectSockets(true);
      systemLines.stop();
    },
    close: async () => {
      systemLines.stop();
      await io.close();
    },
  };
}
