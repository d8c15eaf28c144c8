import { invalid } from '#shared/errors.ts';
import { KIB } from '#shared/limits.ts';
import { AGE, wholeNumberOf } from '#services/profiles/dating/fields/numbers.ts';

/** UTF-8 bytes of all preferences as JSON. */
const MAX_BYTES = 4 * KIB;

export type Preferences = Record<string, unknown>;
export interface AgeRange {
  min?: number;
  max?: number;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both ends of an age range as they were written: an object with min and max, or a list of two. */
const endsOf = (value: unknown): [unknown, unknown] =>
  Array.isArray(value) && value.length === 2
    ? [value[0], value[1]]
    : isRecord(value)
      ? [value.min, value.max]
      : [undefined, undefined];

const isAge = (value: number): boolean => value >= AGE.min && value <= AGE.max;

/** The ages that a person prefers, in years, in their order; an end that is no age from 18 to 120 is left out. */
export function ageRangeOf(value: unknown): AgeRange {
  const [min, max] = endsOf(value).map(wholeNumberOf) as [number, number];
  if (isAge(min) && isAge(max)) return { min: Math.min(min, max), max: Math.max(min, max) };
  return { ...(isAge(min) && { min }), ...(isAge(max) && { max }) };
}

/**
 * All preferences as they were sent, but for `age`, which becomes `{min, max}`; it may be sent as `ageRange`, as a list of
 * two, or as that list alone. Without two good ends it is left out. Null, which clears them, for `{}` and what is none.
 * Throws 422 above 4 KiB.
 */
export function preferencesOf(value: unknown): Preferences | null {
  const sent = Array.isArray(value) ? { age: value } : isRecord(value) ? value : {};
  const { age, ageRange, ...others } = sent;
  const { min, max } = ageRangeOf(age ?? ageRange);
  const preferences = { ...(min !== undefined && max !== undefined && { age: { min, max } }), ...others };
  if (Object.keys(preferences).length === 0) return null;
  if (Buffer.byteLength(JSON.stringify(preferences)) > MAX_BYTES)
    throw invalid('preferences', `must be at most ${MAX_BYTES} bytes as JSON`);
  return preferences;
}
