import { createHash } from 'node:crypto';

/** A weak ETag of a body: equal bodies, equal tags, in any instance. */
export const bodyEtag = (body: Buffer): string => `W/"${createHash('sha1').update(body).digest('base64url')}"`;

const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

/** Whether `If-None-Match` (a list, or `*`) names the tag; weak comparison (RFC 9110, 13.1.2). */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  const wanted = opaque(etag);
  return (ifNoneMatch.match(/(?:W\/)?"[^"]*"/g) ?? []).some((one) => opaque(one) === wanted);
}
