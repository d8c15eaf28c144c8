import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { loadConfig } from '#shared/config.ts';
import { Tokens } from '#shared/tokens.ts';
import { type Identity, NOBODY } from '#services/api-gateway/identity.ts';
import { networkOf } from '#services/api-gateway/network-of.ts';
import { RateLimits } from '#services/api-gateway/rate-limits.ts';
import { problem, Stage } from '#test/services/api-gateway/stage.ts';

const SECRET = 's'.repeat(32);
const KEY = 'socket-key-0123456789-abcdef';
const SMALL = { RATE_LIMIT_READS: '6', RATE_LIMIT_WRITES: '3', RATE_LIMIT_UPLOADS: '1', TRUST_PROXY: '1' };
const STRICT = { AUTH_MODE: 'strict', JWT_SECRET: SECRET, SERVICE_KEYS: `socket:${KEY}` };

const requestFrom = (address: string): IncomingMessage =>
  ({ socket: { remoteAddress: address }, headers: {} }) as unknown as IncomingMessage;

const rateOf = ({ headers }: Response) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`)));

const bearer = async (username: string) =>
  `Bearer ${await new Tokens(() => Promise.resolve([SECRET])).sign({ userId: `u_${username}`, username }, 60)}`;

const limits = (env: Record<string, string>, gateways = () => 1) => new RateLimits(loadConfig(env), gateways);
const left = (of: RateLimits, identity: Identity = NOBODY) =>
  of.take('reads', identity, requestFrom('203.0.113.1')).values[1];

describe('a gateway with small budgets', () => {
  const stage = new Stage({ ...SMALL, ...STRICT });
  beforeAll(() => stage.start());
  afterAll(() => stage.stop());

  it('tells what is left, and refuses what is beyond it until there is room again', async () => {
    const headers = { 'x-forwarded-for': '9.9.9.9, 203.0.113.1', origin: 'http://localhost:5173' };
    const answers: Response[] = [];
    for (let n = 0; n < 8; n++) answers.push(await stage.get('/api/groups', headers));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
    expect(rateOf(answers[0]!)).toEqual([6, 5, 10]);
    expect(rateOf(answers[5]!)).toEqual([6, 0, 60]);
    const refused = answers[6]!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(9);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(10);
    expect(refused.headers.get('access-control-expose-headers')).toContain('RateLimit-Remaining');
    expect(await problem(refused)).toMatchObject({ code: 'rate_limited', detail: 'rate limit exceeded' });
  });

  it('counts each caller by himself: by token, by key, by address behind its own proxies', async () => {
    const from = { 'x-forwarded-for': '203.0.113.2' };
    const read = (headers: Record<string, string>) => stage.get('/api/groups', { ...from, ...headers });
    for (let n = 0; n < 7; n++) await read({});
    expect((await read({})).status).toBe(429);
    expect((await read({ 'x-forwarded-for': '203.0.113.2, 203.0.113.3' })).status).toBe(200);
    const alice = { authorization: await bearer('alice') };
    for (let n = 0; n < 6; n++) expect((await read(alice)).status).toBe(200);
    expect((await read({ ...alice, 'x-forwarded-for': '203.0.113.4' })).status).toBe(429);
    expect((await read({ authorization: await bearer('bob') })).status).toBe(200);
    const service = await read({ authorization: `Bearer ${KEY}` });
    expect([service.status, ...rateOf(service).slice(0, 2)]).toEqual([200, 12_000, 11_999]);
  });

  it('counts writes by themselves, and what a bad token asks for by the address', async () => {
    const from = { 'x-forwarded-for': '203.0.113.5' };
    const write = () => stage.send('POST', '/api/groups', { name: 'x' }, { ...from, authorization: 'Bearer none' });
    expect((await Promise.all([write(), write(), write()])).map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await write()).status).toBe(429);
    expect((await stage.get('/api/groups', from)).status).toBe(200);
  });

  it('counts on the hot path, too', async () => {
    const from = { 'x-forwarded-for': '203.0.113.6' };
    stage.answers['messages.heads'] = () => [{ epoch: 'e1', rev: 1 }];
    const read = () => stage.get('/api/messages/fun-room/latest', from);
    const answers: Response[] = [];
    for (let n = 0; n < 7; n++) answers.push(await read());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 429]);
    expect(rateOf(answers[3]!).slice(0, 2)).toEqual([6, 2]);
    expect(answers[3]!.headers.get('server-timing')).toContain('cache');
  });
});

describe('budgets', () => {
  it('are divided by the gateways that are alive', () => {
    expect(left(limits({ ...STRICT, RATE_LIMIT_READS: '100' }, () => 4))).toBe('24');
    expect(left(limits({ ...STRICT, RATE_LIMIT_READS: '100' }, () => 0))).toBe('99');
  });

  it('are those of a service for who sends nothing in open mode: it may be the socket server', () => {
    const user: Identity = { kind: 'user', userId: 'u_1', username: 'a' };
    const open = limits({ RATE_LIMIT_READS: '10', RATE_LIMIT_SERVICE_FACTOR: '50' });
    expect([left(open), left(open, user), left(open, { kind: 'service', name: 's' })]).toEqual(['499', '9', '499']);
  });

  it('are none when they are 0', () => {
    expect(limits({ RATE_LIMIT_READS: '0' }).take('reads', NOBODY, requestFrom('::1'))).toEqual({
      values: [],
      retryAfter: 0,
    });
  });

  it('are remembered of 50,000 callers at most', () => {
    const of = limits({ ...STRICT, RATE_LIMIT_READS: '2' });
    const from = (n: number) =>
      of.take('reads', NOBODY, requestFrom(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)).values[1];
    expect([from(0), from(0), from(0)]).toEqual(['1', '0', '0']);
    for (let n = 1; n <= 50_000; n++) from(n);
    expect(from(0)).toBe('1');
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['unknown', 'unknown'],
  ])('%s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
