import { describe, expect, it } from '@jest/globals';
import { promisify } from 'node:util';
import { endpointProblem, isPublic, publicLookup } from '#services/profiles/push/public-address.ts';

describe('the address of a push service', () => {
  it.each(['8.8.8.8', '142.250.1.1', '2a00:1450:4001:80b::200a', '2606:4700::1111'])('may be public: %s', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:db8::1',
    'ff02::1',
    'localhost',
    '',
  ])('may not be in our network: %j', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each([
    'http://push.example.com/1',
    'https://',
    'nothing',
    'ftp://push.example.com',
    'https://user:key@push.example.com/1',
    'https://localhost/1',
    'https://mongo/1',
    'https://mongo.local/1',
    'https://db.internal/',
    'https://a.localhost.',
    'https://127.0.0.1/1',
    'https://127.1/1',
    'https://0x7f000001/1',
    'https://2130706433/',
    'https://[::1]/1',
    'https://[::ffff:10.0.0.1]/1',
    'https://169.254.169.254/latest/meta-data',
  ])('is refused at once: %s', (endpoint) => {
    expect(endpointProblem(endpoint, false)).toEqual(expect.any(String));
  });

  it('is taken where it is one, and in the private network when that is allowed', () => {
    expect(endpointProblem('https://fcm.googleapis.com/fcm/send/abc', false)).toBeUndefined();
    expect(endpointProblem('https://127.0.0.1:4433/1', true)).toBeUndefined();
    expect(endpointProblem('http://127.0.0.1/1', true)).toEqual(expect.any(String));
  });

  it('is looked at again when it is connected to: a name may point anywhere', async () => {
    await expect(promisify(publicLookup)('localhost', {})).rejects.toThrow('localhost is not in the public network');
  });
});
