import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** `preferred` if it is free on `host`, else any free port. Throws what listening on the other throws. */
export async function freePort(preferred = 0, host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  try {
    server.listen(preferred, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if (preferred === 0) throw error;
    return await freePort(0, host);
  } finally {
    server.close();
  }
}

/** True when something accepts connections on the port. */
export async function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
