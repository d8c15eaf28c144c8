/** To the nearest integer; of two equally near the even one. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** To three places. */
export const toThousandths = (value: number): number => roundHalfEven(value * 1_000) / 1_000;
