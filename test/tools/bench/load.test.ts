import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Answers } from '#tools/bench/load/answers.ts';
import { Latencies } from '#tools/bench/load/latencies.ts';
import { LoadGenerator, request } from '#tools/bench/load/load.ts';
import { median } from '#tools/bench/measure.ts';

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} Any\r\nX: y\r\nContent-Length: ${status === 304 ? 99 : body.length}\r\n\r\n${body}`;

describe('reading answers', () => {
  it('finds each answer however the bytes are cut', () => {
    const stream = Buffer.from([answer(200, 'abc'), answer(304, ''), answer(404, ''), answer(200, 'defgh')].join(''));
    for (let size = 1; size <= stream.length; size++) {
      const found: [number, number][] = [];
      const answers = new Answers((...one) => found.push(one));
      // The same bytes are used again for each piece, as the socket's buffer is.
      const piece = Buffer.alloc(size);
      for (let at = 0; at < stream.length; at += size) {
        const length = stream.copy(piece, 0, at, at + size);
        answers.take(piece.subarray(0, length));
        piece.fill('?');
      }
      expect(found).toEqual([
        [200, 3],
        [304, 0],
        [404, 0],
        [200, 5],
      ]);
    }
  });

  it('refuses what it cannot count', () => {
    const answers = new Answers(() => undefined);
    expect(() => answers.take(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'))).toThrow(
      'content-length',
    );
    expect(() => new Answers(() => undefined).take(Buffer.from('SSH-2.0\r\n\r\n'))).toThrow('no answer');
  });
});

describe('making load', () => {
  let server: Server;
  let port: number;
  const generator = new LoadGenerator();
  const seen: string[] = [];

  beforeAll(async () => {
    server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => (body += chunk.toString()));
      req.on('end', () => {
        seen.push(`${req.method} ${req.url} ${body}`);
        if (req.url === '/cut') res.destroy();
        else res.writeHead(req.url === '/good' ? 200 : 500, { 'Content-Length': '2' }).end('ok');
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    await generator.stop();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('sends each request once when told so', async () => {
    const requests = ['é', 'b', 'c'].map((text) => request('POST', '/good', { body: { text } }));
    const load = { port, requests, expected: 200, clients: 2, ms: 5_000, once: true };
    expect(await generator.run(load)).toMatchObject({ requests: 3, bytes: 6, errors: 0, reason: null });
    expect(seen.splice(0).sort()).toEqual([
      'POST /good {"text":"b"}',
      'POST /good {"text":"c"}',
      'POST /good {"text":"é"}',
    ]);
  });

  it('counts a wrong status as an error, and says which', async () => {
    const requests = [request('GET', '/good'), request('GET', '/bad')];
    const load = { port, requests, expected: 200, clients: 1, ms: 5_000, once: true };
    expect(await generator.run(load)).toMatchObject({ requests: 2, errors: 1, reason: 'answered 500' });
  });

  it('gives up on a server that cuts every connection', async () => {
    const load = { port, requests: [request('GET', '/cut')], expected: 200, clients: 1, ms: 5_000 };
    expect(await generator.run(load)).toMatchObject({ requests: 0, errors: 20, reason: 'the connection was closed' });
  });
});

describe('figures', () => {
  it('are percentiles of all answers', () => {
    const latencies = new Latencies();
    for (let ms = 1; ms <= 100; ms++) latencies.add(ms);
    expect(latencies.percentile(0.5)).toBeCloseTo(50, 1);
    expect(latencies.percentile(0.99)).toBeCloseTo(99, 1);
    expect(new Latencies().percentile(0.5)).toBe(0);
  });

  it('are medians of the runs', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
});
