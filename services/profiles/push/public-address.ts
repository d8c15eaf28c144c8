import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Networks that no push service is in: private, local, reserved (RFC 6890 and its registries). The endpoint of a
 * subscription is what a stranger says, and we are inside.
 */
const RESERVED = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  RESERVED.addSubnet(network, prefix, 'ipv4');
/** Of IPv6 only what is given out, without documentation, tunnels and translations into the networks above. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  RESERVED.addSubnet(network, prefix, 'ipv6');

/** Whether an address is in the public network. */
export function isPublic(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !RESERVED.check(address, 'ipv4');
  return version === 6 && GLOBAL.check(address, 'ipv6') && !RESERVED.check(address, 'ipv6');
}

/** What is wrong with the endpoint of a subscription, as far as it can be seen; undefined when nothing is. */
export function endpointProblem(endpoint: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(endpoint)) return 'must be a URL';
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (protocol !== 'https:') return 'must begin with https://';
  if (username !== '' || password !== '') return 'must have no credentials';
  if (allowPrivate) return undefined;
  const address = hostname.replace(/^\[|\]$/g, '');
  if (
    isIP(address) ? !isPublic(address) : !address.includes('.') || /\.(?:localhost|local|internal)\.?$/i.test(address)
  )
    return 'must be the address of a public push service';
  return undefined;
}

/** Looks a name up and fails unless all its addresses are public: a name may be made to point anywhere, at any time. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '', 4);
    const refused = addresses.find(({ address }) => !isPublic(address));
    if (refused || addresses.length === 0)
      return callback(new Error(`${hostname} is not in the public network`), '', 4);
    if (options.all === true) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
