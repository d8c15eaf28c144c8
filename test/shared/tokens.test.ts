import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bearerTokenIn, Tokens } from '#shared/tokens.ts';

const [OLD, NEW, FOREIGN] = ['o'.repeat(32), 'n'.repeat(32), 'f'.repeat(32)];
const ann = { userId: 'u_1', username: 'Ann' };
const tokens = (...secrets: string[]) => new Tokens(async () => secrets);

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = () => Math.floor(Date.now() / 1_000);

/** A token made by hand, as another program would make it. */
function handMade(header: object, claims: object, secret = OLD): string {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
const HS256 = { alg: 'HS256', typ: 'JWT' };
const claims = (more: object = {}) => ({ sub: 'u_1', username: 'Ann', iat: seconds(), exp: seconds() + 60, ...more });

describe('a token', () => {
  it('says who signed in, and when that ends', async () => {
    const token = await tokens(OLD).sign(ann, 600);
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header!)).toEqual(HS256);
    const { iat, ...rest } = JSON.parse(payload!) as { iat: number };
    expect(rest).toEqual({ sub: 'u_1', username: 'Ann', exp: iat + 600 });
    expect(Math.abs(iat - seconds())).toBeLessThan(60);
    expect(await tokens(OLD).verify(token)).toEqual(ann);
  });

  it('of the older service, signed with the same secret, goes on', async () => {
    expect(await tokens(OLD).verify(handMade(HS256, claims()))).toEqual(ann);
  });

  it('survives a change of secrets for as long as its own is on the list', async () => {
    const token = await tokens(OLD).sign(ann, 60);
    expect(await tokens(NEW, OLD).verify(token)).toEqual(ann);
    expect(await tokens(NEW).verify(await tokens(NEW, OLD).sign(ann, 60))).toEqual(ann);
    await expect(tokens(NEW).verify(token)).rejects.toMatchObject({ type: 'token_invalid' });
  });

  it.each([
    ['that has expired', handMade(HS256, claims({ exp: seconds() - 1 }))],
    ['without an end', handMade(HS256, claims({ exp: undefined }))],
    ['that names nobody', handMade(HS256, claims({ sub: undefined }))],
    ['without a name', handMade(HS256, claims({ username: 5 }))],
    ['of a foreign signature', handMade(HS256, claims(), FOREIGN)],
    ['without an algorithm', `${base64url({ alg: 'none' })}.${base64url(claims())}.`],
    ['of another algorithm', handMade({ alg: 'HS512' }, claims())],
    [
      'whose claims were exchanged',
      handMade(HS256, claims()).replace(/\..*\./, `.${base64url(claims({ sub: 'u_2' }))}.`),
    ],
    ['that is none', 'nonsense'],
    ['that is empty', ''],
  ])('%s is refused', async (_what, token) => {
    await expect(tokens(NEW, OLD).verify(token)).rejects.toMatchObject({ type: 'token_invalid', code: 401 });
  });

  it('waits for secrets, which are asked for again when they could not be had', async () => {
    const answers = [() => Promise.reject(new Error('away')), () => Promise.resolve([OLD])];
    const late = new Tokens(() => answers.shift()!());
    await expect(late.verify(handMade(HS256, claims()))).rejects.toThrow('away');
    expect(await late.verify(handMade(HS256, claims()))).toEqual(ann);
  });
});

describe('a bearer token', () => {
  it.each([
    ['Bearer abc.d-e_f', 'abc.d-e_f'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [undefined, undefined],
  ])('is found in %j', (header, token) => {
    expect(bearerTokenIn(header)).toBe(token);
  });
});
