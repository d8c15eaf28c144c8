import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a NATS server tells first on every connection, as far as it is used here. */
export interface NatsInfo {
  server_name: string;
  version: string;
  /** Bytes. */
  max_payload: number;
}

const POLL_MS = 20;
const MAX_INFO_BYTES = 32 * 1024;

/** Asks what listens on the port. Rejects when nothing does, when it is no NATS server, or when `signal` aborts. */
export function natsInfo(port: number, signal: AbortSignal): Promise<NatsInfo> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', signal });
    let said = '';
    const end = (error: Error) => {
      reject(error);
      socket.destroy();
    };
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      const line = /^INFO (\{.*\}) *\r\n/.exec(said)?.[1];
      if (line) {
        resolve(JSON.parse(line) as NatsInfo);
        socket.destroy();
      } else if (said.length > MAX_INFO_BYTES || !'INFO '.startsWith(said.slice(0, 5)))
        end(new Error(`what listens on port ${port} is not a NATS server`));
    });
    socket.once('error', end);
    socket.once('close', () => end(new Error(`port ${port}: the connection was closed`)));
  });
}

/**
 * Resolves once the NATS server called `serverName` answers on the port, whoever answers there before. Rejects when
 * `signal` aborts.
 */
export async function natsAnswers(port: number, serverName: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const { server_name: name } = await natsInfo(port, signal);
      if (name === serverName) return;
    } catch {
      // Not yet.
      signal.throwIfAborted();
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}
