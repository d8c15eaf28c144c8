import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { MongoClient, type Document } from 'mongodb';

/**
 * The obvious program: Express and the mongodb driver, a document a message, an index on (room, createdAt). It is spared
 * what Express does by default and ours doesn't: hashing each body for its ETag. Its writes are journaled, by a majority.
 */

export interface ExpressSetup {
  mongoUri: string;
  database: string;
}

async function serve({ mongoUri, database }: ExpressSetup): Promise<void> {
  const client = await new MongoClient(mongoUri).connect();
  const messages = client.db(database).collection('messages', { writeConcern: { w: 'majority', journal: true } });
  await messages.createIndex({ roomId: 1, createdAt: 1 });
  await messages.createIndex({ messageId: 1 }, { unique: true });

  const app = express();
  app.disable('etag');
  app.disable('x-powered-by');
  app.use(express.json({ limit: '2mb' }));

  app.get('/api/messages/:room/latest', async (req, res) => {
    const count = Math.min(500, Math.max(1, Number(req.query.count) || 100));
    const newest = await messages
      .find({ roomId: req.params.room }, { projection: { _id: 0 } })
      .sort({ createdAt: -1 })
      .limit(count)
      .toArray();
    res.json(newest.reverse());
  });

  app.post('/api/messages/:room', async (req, res) => {
    const { userId, username, avatar, bubbleColor, text, kind, media, audio, replyTo } = req.body as Document;
    const now = new Date();
    const message: Document = {
      roomId: req.params.room,
      groupId: req.params.room,
      messageId: randomUUID(),
      timestamp: now.toISOString(),
      createdAt: now.getTime(),
      userId: userId ?? null,
      username: username ?? null,
      avatar: avatar ?? null,
      bubbleColor: bubbleColor ?? null,
      text: String(text ?? ''),
      kind: kind ?? null,
      media: media ?? null,
      audio: audio ?? null,
      replyTo: replyTo ?? null,
      edited: false,
      lastEditedAt: null,
      edits: [],
      deleted: false,
      deletedAt: null,
      reactions: {},
    };
    await messages.insertOne(message);
    delete message._id;
    res.json(message);
  });

  const server = app.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
}

process.once('message', (setup: ExpressSetup) => void serve(setup));
// Nobody measures any more.
process.once('disconnect', () => process.exit(0));
