import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Busboy } from '@fastify/busboy';
import type { CloudinaryAccount } from '#shared/config.ts';

/** How the next upload goes wrong. `cut`: the connection breaks before the answer. `keep-cut`: after the file was kept. */
export type Mishap = 'refuse' | 'cut' | 'keep-cut' | 'stall' | 'no-json' | 'another' | 'no-eager' | 'http-url';

interface Asset {
  bytes: number;
  resourceType: string;
  eager: string | undefined;
}

const SECRET = 'secret-of-the-account';

/** A local server that speaks the upload API of Cloudinary: it checks every signature, keeps, and removes. */
export class CloudinaryServer {
  /** What is kept, by public id. */
  readonly assets = new Map<string, Asset>();
  /** Public ids that were asked to be removed. */
  readonly removed: string[] = [];
  /** Uploads that came, also those that went wrong. */
  uploads = 0;
  /** Each upload takes the first of them. */
  mishaps: Mishap[] = [];
  readonly #server = createServer((req, res) => void this.#serve(req, res));

  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  reset(): void {
    this.assets.clear();
    this.removed.length = 0;
    this.uploads = 0;
    this.mishaps = [];
  }

  get account(): CloudinaryAccount {
    const { port } = this.#server.address() as AddressInfo;
    return { cloudName: 'demo', apiKey: 'key', apiSecret: SECRET, uploadPrefix: `http://127.0.0.1:${port}` };
  }

  /** As a variable: the SDK itself reads it, to choose HTTP. */
  get url(): string {
    const { cloudName, apiKey, apiSecret, uploadPrefix } = this.account;
    return `cloudinary://${apiKey}:${apiSecret}@${cloudName}?upload_prefix=${uploadPrefix}`;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, version, cloud, resourceType, command] = req.url!.split('/');
    const answer = (status: number, body: unknown) =>
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const mishap = command === 'upload' ? this.mishaps.shift() : undefined;
    if (command === 'upload') this.uploads++;
    if (mishap === 'stall') return void req.resume();
    if (mishap === 'cut') return void req.once('data', () => req.destroy());
    const { fields, bytes } = await read(req);
    if (version !== 'v1_1' || cloud !== 'demo' || !isSigned(fields))
      return void answer(401, { error: { message: 'Invalid Signature' } });
    if (command === 'destroy') return void answer(200, { result: this.#remove(fields.public_id!) });
    if (mishap === 'refuse') return void answer(500, { error: { message: 'Sorry' } });
    const publicId = `${fields.folder}/${fields.public_id}`;
    this.assets.set(publicId, { bytes, resourceType: resourceType!, eager: fields.eager });
    if (mishap === 'keep-cut') return void req.destroy();
    if (mishap === 'no-json') return void res.end('<html>');
    const scheme = mishap === 'http-url' ? 'http' : 'https';
    const url = `${scheme}://res.cloudinary.example/demo/${resourceType}/upload/${publicId}`;
    const eager = fields.eager === undefined || mishap === 'no-eager' ? [] : [{ secure_url: `${url}.eager.webp` }];
    answer(200, {
      public_id: mishap === 'another' ? 'other' : publicId,
      resource_type: resourceType,
      secure_url: url,
      bytes,
      eager,
    });
  }

  #remove(publicId: string): string {
    this.removed.push(publicId);
    return this.assets.delete(publicId) ? 'ok' : 'not found';
  }
}

/** Every parameter but these is signed, in the order of their names. */
const UNSIGNED = new Set(['file', 'api_key', 'signature', 'resource_type', 'cloud_name']);

function isSigned(fields: Record<string, string>): boolean {
  const signed = Object.entries(fields)
    .filter(([name, value]) => !UNSIGNED.has(name) && value !== '')
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('&');
  const digest = createHash('sha1').update(signed + SECRET);
  return fields.api_key === 'key' && fields.signature === digest.digest('hex');
}

function read(req: IncomingMessage): Promise<{ fields: Record<string, string>; bytes: number }> {
  return new Promise((resolve, reject) => {
    const fields: Record<string, string> = {};
    let bytes = 0;
    const parser = new Busboy({ headers: { ...req.headers, 'content-type': req.headers['content-type']! } });
    parser.on('field', (name, value) => (fields[name] = value));
    parser.on('file', (_name, stream) => stream.on('data', (chunk: Buffer) => (bytes += chunk.length)));
    parser.on('finish', () => resolve({ fields, bytes }));
    parser.on('error', reject);
    req.pipe(parser);
  });
}
