import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Who sends the bytes that are held. */
export type Sender = 'client' | 'server';

/** A TCP proxy on loopback that misbehaves when told to. */
export interface Proxy {
  port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Resets every connection; new ones are still taken. */
  cut(): void;
  /**
   * Takes no new connections (they are reset at once), and resets those there are: all, or those that come from ports of
   * this machine that `from` names.
   */
  refuse(from?: (port: number) => boolean): void;
  /** Keeps back what `sender` sends, on all connections, until `pass`. Nothing is lost. */
  hold(sender: Sender): void;
  /** Loses what is sent in both directions, without a word: a cable that was pulled out. */
  swallow(): void;
  /** Passes everything on again. Connections that lost bytes are reset first. */
  pass(): void;
  close(): Promise<void>;
}

interface Pair {
  client: Socket;
  /** The client's port; a socket that has ended forgets it. */
  from: number;
  server: Socket;
  lossy: boolean;
}

const nobody = (_port: number): boolean => false;

/** Starts a proxy on a free port in front of `targetPort` on 127.0.0.1. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  const held = new Set<Sender>();
  let swallowing = false;
  let refused = nobody;

  const reset = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  };
  const relay = (pair: Pair, sender: Sender) => {
    const [from, to] = sender === 'client' ? [pair.client, pair.server] : [pair.server, pair.client];
    from.on('data', (chunk) => {
      if (swallowing) pair.lossy = true;
      else if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (!held.has(sender)) from.resume();
    });
    // Without a handler a reset would end the process; `close` follows and does what is to be done.
    from.on('error', () => undefined);
    from.on('close', () => reset(pair));
    if (held.has(sender)) from.pause();
  };

  const listener = createServer((client) => {
    const from = client.remotePort ?? 0;
    if (refused(from)) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = { client, from, server: connect(targetPort, '127.0.0.1'), lossy: false };
    pairs.add(pair);
    relay(pair, 'client');
    relay(pair, 'server');
  });
  const cut = (from: (port: number) => boolean = () => true) => {
    for (const pair of pairs) if (from(pair.from)) reset(pair);
  };
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    get connections() {
      return pairs.size;
    },
    cut: () => cut(),
    refuse(from = () => true) {
      refused = from;
      cut(from);
    },
    hold(sender) {
      held.add(sender);
      for (const pair of pairs) pair[sender].pause();
    },
    swallow() {
      swallowing = true;
    },
    pass() {
      swallowing = false;
      refused = nobody;
      held.clear();
      for (const pair of pairs) {
        if (pair.lossy) reset(pair);
        pair.client.resume();
        pair.server.resume();
      }
    },
    async close() {
      cut();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
