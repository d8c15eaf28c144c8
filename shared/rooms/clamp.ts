/** An integer kept between `min` and `max`; `fallback` when it is absent. */
export const clamp = (value: number | undefined, min: number, max: number, fallback: number): number =>
  Math.min(max, Math.max(min, value ?? fallback));
