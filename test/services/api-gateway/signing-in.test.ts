import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Fault } from '#shared/errors.ts';
import { Stage } from '#test/services/api-gateway/stage.ts';

const direct = new Stage();
const behindTwo = new Stage({ TRUST_PROXY: '2' });
beforeAll(() => Promise.all([direct.start(), behindTwo.start()]));
afterAll(() => Promise.all([direct.stop(), behindTwo.stop()]));

const credentials = { username: 'alice', password: 'Correct-Horse-1', address: '6.6.6.6' };
const addressSeen = async (stage: Stage, forwarded?: string) => {
  stage.reset();
  await stage.send(
    'POST',
    '/api/auth/login',
    credentials,
    forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  );
  return stage.callsOf('profiles.logIn')[0]!.address;
};

describe('the address that tries to sign in are counted by', () => {
  it("is the connection's own, whatever the caller says", async () => {
    expect(await addressSeen(direct)).toBe('127.0.0.1');
    expect(await addressSeen(direct, '1.1.1.1')).toBe('127.0.0.1');
  });

  it('is what the proxies tell that are known to be there', async () => {
    expect(await addressSeen(behindTwo, '6.6.6.6, 1.1.1.1, 10.0.0.1')).toBe('1.1.1.1');
    expect(await addressSeen(behindTwo, '::ffff:1.1.1.1,10.0.0.1')).toBe('1.1.1.1');
    expect(await addressSeen(behindTwo, '2001:db8::1, 10.0.0.1')).toBe('2001:db8::1');
    // Past a proxy.
    expect(await addressSeen(behindTwo)).toBe('127.0.0.1');
    expect(await addressSeen(behindTwo, ' , ')).toBe('127.0.0.1');
  });
});

describe('too many tries', () => {
  it('are told when the next may be', async () => {
    direct.reset();
    direct.answers['profiles.logIn'] = () => {
      throw new Fault('rate_limited', undefined, { retryAfter: 7 });
    };
    const answer = await direct.send('POST', '/api/auth/login', credentials);
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(await answer.json()).toMatchObject({ code: 'rate_limited', detail: 'rate limit exceeded' });
  });
});

describe('a 401', () => {
  it('names what it asks for', async () => {
    direct.reset();
    direct.answers['profiles.logIn'] = () => {
      throw new Fault('credentials_invalid');
    };
    const answer = await direct.send('POST', '/api/auth/login', credentials);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="truematch"');
  });
});
