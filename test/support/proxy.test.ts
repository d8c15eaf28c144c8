import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startProxy, type Proxy } from '#test/support/proxy.ts';

/** Unlike `once` it takes an error before the end as a part of it. */
const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));
const until = async (done: () => boolean) => {
  while (!done()) await sleep(5);
};

describe('a proxy that misbehaves when told to', () => {
  let echo: Server;
  let proxy: Proxy;
  let heard: string;

  beforeEach(async () => {
    heard = '';
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        heard += String(chunk);
        socket.write(chunk);
      });
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await startProxy((echo.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    await new Promise((resolve) => echo.close(resolve));
  });

  async function open(): Promise<{ socket: Socket; said: () => string }> {
    const socket = connect(proxy.port, '127.0.0.1');
    let said = '';
    socket.on('data', (chunk) => (said += String(chunk)));
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return { socket, said: () => said };
  }
  it('passes bytes both ways', async () => {
    const { socket, said } = await open();
    socket.write('hello');
    await until(() => said() === 'hello');
    expect(proxy.connections).toBe(1);
    socket.destroy();
    await until(() => proxy.connections === 0);
  });

  it('holds the answers back and delivers them later', async () => {
    const { socket, said } = await open();
    socket.write('one');
    await until(() => said() === 'one');
    proxy.hold('server');
    socket.write('two');
    await until(() => heard === 'onetwo');
    await sleep(50);
    expect(said()).toBe('one');
    proxy.pass();
    await until(() => said() === 'onetwo');
  });

  it('holds what is sent back and delivers it later', async () => {
    const { socket, said } = await open();
    proxy.hold('client');
    socket.write('late');
    await sleep(50);
    expect(heard).toBe('');
    proxy.pass();
    await until(() => said() === 'late');
  });

  it('swallows bytes, and resets the connections that lost some', async () => {
    const { socket, said } = await open();
    proxy.swallow();
    const reset = closed(socket);
    socket.write('lost');
    await sleep(50);
    proxy.pass();
    await reset;
    expect([heard, said()]).toEqual(['', '']);
    const again = await open();
    again.socket.write('there');
    await until(() => again.said() === 'there');
  });

  it('cuts connections, and refuses new ones', async () => {
    const first = await open();
    const cut = closed(first.socket);
    proxy.refuse();
    await cut;
    expect(proxy.connections).toBe(0);
    const second = connect(proxy.port, '127.0.0.1');
    second.on('error', () => undefined);
    await closed(second);
    proxy.pass();
    const third = await open();
    third.socket.write('again');
    await until(() => third.said() === 'again');
  });
});
