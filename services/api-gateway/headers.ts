/** Headers as `res.writeHead` takes them: name, value, name, value. */
export type RawHeaders = readonly string[];

/** Answers differ by these request headers; said on every answer, so that caches never mix them up. */
const VARY = 'Origin, Accept-Encoding';

/** Headers that every answer has. */
export const COMMON: RawHeaders = ['Vary', VARY, 'X-Content-Type-Options', 'nosniff'];
