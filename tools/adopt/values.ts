import { BSON, ObjectId } from 'mongodb';
import { isoOf } from '#shared/room-log/times.ts';

/** A document of the older service, which checked nothing: any field may be missing or of any type. */
export type Old = Record<string, unknown> & { _id: unknown };

/** Something that was put right, for the report: what, and what exactly where that helps. */
export type Note = readonly [kind: string, detail?: string];

/** What stands at the end of a text that was cut. */
export const CUT_MARK = ' […]';

/** The last ms that a Date can be. */
const MAX_MS = 8_640_000_000_000_000;

export const isNone = (value: unknown): value is null | undefined => value === null || value === undefined;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** A string as it is; a number or bigint by its digits; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
}

/** Whole epoch ms of a number, a Date, or a text of digits; null for what is no time. */
export function millisOf(value: unknown): number | null {
  const number =
    value instanceof Date
      ? value.getTime()
      : typeof value === 'string' && /^\d+$/.test(value)
        ? Number(value)
        : BSON.Long.isLong(value)
          ? value.toNumber()
          : value;
  return typeof number === 'number' && number >= 0 && number <= MAX_MS ? Math.trunc(number) : null;
}

/** A time as clients know it; a Date becomes one. Null for anything else. */
export function isoTextOf(value: unknown): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : isoOf(value.getTime());
  return typeof value === 'string' && value !== '' ? value : null;
}

/** An `_id` for people, and for comparing. */
export const idText = (id: unknown): string =>
  typeof id === 'string' ? id : id instanceof ObjectId ? id.toHexString() : BSON.EJSON.stringify(id);

/** The beginning of a text, with the mark; a text that fits stays as it is. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length - CUT_MARK.length).toWellFormed() + CUT_MARK;
}

/** What JSON makes of a BSON value: dates and ids become texts, NaN becomes null. */
export const plainJson = (value: unknown): unknown =>
  isNone(value) ? null : JSON.parse(JSON.stringify(value) ?? 'null');

/** How deep objects and arrays are nested; stops counting beyond `most`. */
export function depthOf(value: unknown, most: number): number {
  if (typeof value !== 'object' || value === null || most === 0) return 0;
  let deepest = 0;
  for (const item of Object.values(value)) deepest = Math.max(deepest, depthOf(item, most - 1));
  return 1 + deepest;
}
