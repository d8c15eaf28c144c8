import { randomBytes } from 'node:crypto';

const SANE = /^[\w.:+=/-]{1,100}$/;

/** Told apart between processes by the prefix, within one by the number: cheaper than a UUID a request. */
const prefix = randomBytes(6).toString('hex');
let made = 0;

/** The caller's `X-Request-Id` when it is 1 to 100 harmless characters, else a new one. */
export function requestId(sent: string | string[] | undefined): string {
  if (typeof sent === 'string' && SANE.test(sent)) return sent;
  made += 1;
  return `${prefix}-${made.toString(36)}`;
}
