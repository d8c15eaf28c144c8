/** Headers as `res.writeHead` takes them: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Answers differ by these request headers; said on every answer, so that caches never mix them up. */
const VARY = 'Origin, Accept-Encoding';

/** What is answered is data, unless it says otherwise: a browser that shows it as a page runs nothing of it. */
const OF_DATA: RawHeaders = [
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
  // Pages of other origins show media and read answers; whether they may is what CORS says.
  'Cross-Origin-Resource-Policy',
  'cross-origin',
];

/** Those of the helmet package, as it is without settings, but for the two above and a page that nobody may frame. */
const SECURITY: RawHeaders = [
  'Cross-Origin-Opener-Policy',
  'same-origin',
  'Origin-Agent-Cluster',
  '?1',
  'Referrer-Policy',
  'no-referrer',
  'Strict-Transport-Security',
  'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options',
  'nosniff',
  'X-DNS-Prefetch-Control',
  'off',
  'X-Download-Options',
  'noopen',
  'X-Frame-Options',
  'DENY',
  'X-Permitted-Cross-Domain-Policies',
  'none',
  'X-XSS-Protection',
  '0',
];

/** Headers that every answer has. */
export const COMMON: RawHeaders = ['Vary', VARY, ...OF_DATA, ...SECURITY];

/** The headers that every answer has, and an answer's own, which win. */
export function withCommon(own: RawHeaders): string[] {
  const names = new Set(own.filter((_, index) => index % 2 === 0));
  return [...COMMON.filter((_, index) => !names.has(COMMON[index - (index % 2)]!)), ...own];
}
