import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readiness } from '#shared/health/readiness.ts';
import { HealthServer } from '#shared/health/server.ts';

const readiness = new Readiness();
const server = new HealthServer(readiness);
let url: string;

beforeAll(async () => {
  url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
});
afterAll(() => server.close());

async function ready() {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, await response.json()];
}

describe('/health/ready', () => {
  it('names what is wrong with what is needed, until it is not', async () => {
    let problem: string | null = 'no primary';
    const retract = readiness.need('mongodb', async () => problem);
    expect(await ready()).toEqual([503, { status: 'not-ready', problems: { mongodb: 'no primary' } }]);
    problem = null;
    expect(await ready()).toEqual([200, { status: 'ready' }]);
    problem = 'gone';
    retract();
    expect(await ready()).toEqual([200, { status: 'ready' }]);
  });

  it('names what is missing, and is ready without it', async () => {
    const retract = readiness.miss('kafka', () => Promise.reject(new Error('no broker')));
    expect(await ready()).toEqual([200, { status: 'ready', missing: { kafka: 'no broker' } }]);
    const needed = readiness.need('nats', async () => 'no server');
    expect(await ready()).toEqual([
      503,
      { status: 'not-ready', problems: { nats: 'no server' }, missing: { kafka: 'no broker' } },
    ]);
    needed();
    retract();
    expect(await ready()).toEqual([200, { status: 'ready' }]);
  });

  it('is not ready while the process stops, and it is alive all the same', async () => {
    readiness.drain();
    expect(await ready()).toEqual([503, { status: 'not-ready', problems: { process: 'it is stopping' } }]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});
