import type { Millis } from '#shared/room-log/types.ts';

/**
 * A time in the one form that clients know and compare as a string: UTC, microseconds, offset, no Z; the fraction is
 * left out when it is zero (`2026-11-24T22:50:38.123000+00:00`, `2026-11-24T22:50:38+00:00`).
 */
export function isoOf(ms: Millis): string {
  const iso = new Date(ms).toISOString();
  const fraction = iso.slice(-4, -1);
  return `${iso.slice(0, -5)}${fraction === '000' ? '' : `.${fraction}000`}+00:00`;
}
