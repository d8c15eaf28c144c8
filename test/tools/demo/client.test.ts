import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, OutcomeUnknown } from '#tools/demo/client.ts';

let server: Server | undefined;

async function clientOf(listener: RequestListener): Promise<Client> {
  server = createServer(listener);
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
  return new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, new AbortController().signal);
}

/** Answers what is listed, in turn; the last one for ever. */
function answering(...answers: { status: number; code?: string }[]): RequestListener {
  let count = 0;
  return (req, res) => {
    const { status, code } = answers[Math.min(count, answers.length - 1)]!;
    count += 1;
    req.resume();
    res.writeHead(status, { 'Retry-After': '0', 'X-Count': String(count) });
    res.end(JSON.stringify({ count, code, detail: 'no' }));
  };
}

const GET = { method: 'GET', path: '/', repeatable: true } as const;
const REACT = { method: 'POST', path: '/', body: {}, repeatable: false } as const;

describe('the demo against a server in trouble', () => {
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((closed) => server?.close(closed));
  });

  it('waits and tries again when the server is overloaded', async () => {
    const client = await clientOf(answering({ status: 200 }, { status: 503 }, { status: 503 }, { status: 200 }));
    await client.call(GET);
    expect(await client.body(GET)).toMatchObject({ count: 4 });
  });

  it('repeats a reaction that was refused, but not one of unknown outcome', async () => {
    const client = await clientOf(
      answering(
        { status: 200 },
        { status: 503, code: 'overloaded' },
        { status: 200 },
        { status: 503, code: 'outcome_unknown' },
      ),
    );
    await client.call(GET);
    expect(await client.body(REACT)).toMatchObject({ count: 3 });
    await expect(client.body(REACT)).rejects.toThrow(OutcomeUnknown);
  });

  it('does not wait for a server that never answered well', async () => {
    const client = await clientOf(answering({ status: 503 }));
    await expect(client.call(GET)).rejects.toThrow('answers 503: no');
  });
});
