import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MongoClient, type Document } from 'mongodb';

/**
 * The write limit: node:http and the driver. What arrives while an insert is under way goes into the next one, and all are
 * journaled by a majority. It checks nothing and keeps no order, number or log.
 */

export interface GroupCommitSetup {
  mongoUri: string;
  database: string;
}

async function serve({ mongoUri, database }: GroupCommitSetup): Promise<void> {
  const client = await new MongoClient(mongoUri).connect();
  const messages = client.db(database).collection('limit', { writeConcern: { w: 'majority', journal: true } });
  await messages.createIndex({ room: 1, createdAt: 1 });
  await messages.createIndex({ messageId: 1 }, { unique: true });
  let waiting: { message: Document; response: ServerResponse }[] = [];
  let busy = false;
  const flush = async () => {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await messages.insertMany(
        batch.map(({ message }) => message),
        { ordered: false },
      );
      for (const { message, response } of batch) {
        const body = Buffer.from(JSON.stringify(message));
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
      }
    }
    busy = false;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = JSON.parse(Buffer.concat(chunks).toString()) as Document;
      const message = { ...sent, room: request.url, messageId: randomUUID(), createdAt: Date.now(), reactions: [] };
      waiting.push({ message, response });
      if (!busy) void flush();
    });
  });
  server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

process.once('message', (setup: GroupCommitSetup) => void serve(setup));
// Nobody measures any more.
process.once('disconnect', () => process.exit(0));
