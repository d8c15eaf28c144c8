import { Fault } from '#shared/errors.ts';

/** Years. */
export const AGE = { min: 18, max: 120 } as const;
const MAX_CHILDREN = 20;

const isEmpty = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');

/** A whole number, or the text of one; a fraction is cut off. NaN for anything else. */
export function wholeNumberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : Number.NaN;
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : Number.NaN;
}

/** Years; null, which clears it, when empty. Throws 400 for what is no number or not 18 to 120. */
export function ageOf(value: unknown): number | null {
  if (isEmpty(value)) return null;
  const age = wholeNumberOf(value);
  if (Number.isNaN(age)) throw new Fault('dating_field_invalid');
  if (age < AGE.min || age > AGE.max)
    throw new Fault('dating_field_invalid', `age must be between ${AGE.min} and ${AGE.max}`);
  return age;
}

/** 0 to 20; null, which clears it, for anything else. */
export function childrenCountOf(value: unknown): number | null {
  const count = wholeNumberOf(value);
  return count >= 0 && count <= MAX_CHILDREN ? count : null;
}
