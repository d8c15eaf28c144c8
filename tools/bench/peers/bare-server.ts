import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The limit: node:http, and nothing but it, that sends ready bytes. */

export interface BareAnswer {
  status: number;
  /** Names and values in turn. */
  headers: string[];
  body: Uint8Array;
}
export type BareSetup = Record<string, BareAnswer>;

process.once('message', (setup: BareSetup) => {
  const answers = new Map(Object.entries(setup).map(([path, one]) => [path, { ...one, body: Buffer.from(one.body) }]));
  const server = createServer((req, res) => {
    const answer = answers.get(req.url!);
    if (!answer) {
      res.writeHead(404, { 'Content-Length': '0' }).end();
      return;
    }
    res.writeHead(answer.status, answer.headers);
    if (answer.body.length > 0) res.end(answer.body);
    else res.end();
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
});
// Nobody measures any more.
process.once('disconnect', () => process.exit(0));
