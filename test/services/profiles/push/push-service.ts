import { createECDH, randomBytes, type ECDH } from 'node:crypto';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** A certificate for loopback alone, signed by itself; it opens nothing. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUHKw/+dbB+cvyIUC7/5jI4aMEaigwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJcHVzaC50ZXN0MCAXDTI2MTEyNTEwMDk1NloYDzIxMjYxMTAx
MTAwOTU2WjAUMRIwEAYDVQQDDAlwdXNoLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQsjV1pQ3pHfOQfcDh/eqrCPeeub4lh6JZWGfLJKXlzvsiJpVz2hWy9
88he+wpciX8In+uo4e/7eRztzDYy77M1o28wbTAdBgNVHQ4EFgQUH6cVVzkCf6c7
baMxLZ+N6glWRCowHwYDVR0jBBgwFoAUH6cVVzkCf6c7baMxLZ+N6glWRCowDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgWyKp6GYcXoxr80xs4349eS4hIZjlQLuqP6wynyRG5FsCIC4S
SdP0KwfTjjz5egpYLjxeAOGrbaw+r/s7Kar8//zx
-----END CERTIFICATE-----
`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgB3YJDCP2tc+Z3PUG
UtREKnyEPTlCdrQc+beeyA/97YChRANCAAQsjV1pQ3pHfOQfcDh/eqrCPeeub4lh
6JZWGfLJKXlzvsiJpVz2hWy988he+wpciX8In+uo4e/7eRztzDYy77M1
-----END PRIVATE KEY-----
`;

interface Decrypting {
  decrypt(body: Buffer, options: { version: 'aes128gcm'; privateKey: ECDH; authSecret: string }): Buffer;
}
const web = createRequire(createRequire(import.meta.url).resolve('web-push'));
const ece = web('http_ece') as Decrypting;

/** A notification as it came in. */
export interface Delivery {
  device: string;
  headers: Record<string, string | string[] | undefined>;
  notice: Record<string, string>;
}

/** A browser's device: what it subscribes with, and what it can read. */
class Device {
  readonly #ecdh = createECDH('prime256v1');
  readonly #auth = randomBytes(16).toString('base64url');
  readonly keys = { p256dh: this.#ecdh.generateKeys('base64url'), auth: this.#auth };

  read(body: Buffer): Record<string, string> {
    const options = { version: 'aes128gcm', privateKey: this.#ecdh, authSecret: this.#auth } as const;
    return JSON.parse(ece.decrypt(body, options).toString()) as Record<string, string>;
  }
}

/** A push service on loopback that answers each device as it is told to, and decrypts as its browser would. */
export class PushService {
  readonly deliveries: Delivery[] = [];
  /** Statuses by device, the next answer first; without one, 201. */
  readonly answers = new Map<string, number[]>();
  readonly #devices = new Map<string, Device>();
  readonly #server = createServer({ key: KEY, cert: CERTIFICATE }, (req, res) => {
    const device = req.url!.slice(1);
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const notice = this.#devices.get(device)!.read(Buffer.concat(chunks));
      this.deliveries.push({ device, headers: req.headers, notice });
      res.writeHead(this.answers.get(device)?.shift() ?? 201).end();
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** A new device, as its browser would subscribe it. */
  device(name: string): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const device = new Device();
    this.#devices.set(name, device);
    return { endpoint: `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`, keys: device.keys };
  }

  reset(): void {
    this.deliveries.length = 0;
    this.answers.clear();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
