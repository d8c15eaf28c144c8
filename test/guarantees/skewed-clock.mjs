// Loaded before the program (NODE_OPTIONS=--import): gives each process of the cluster a wall clock of its own, by its
// name. The monotonic clock is left alone, as it is on machines whose clocks are wrong.
const DAY_MS = 24 * 60 * 60 * 1_000;
const SKEWS = [
  [/^messages-1$/, 5_000],
  [/^messages-2$/, -5_000],
  [/^dm-1$/, 365 * DAY_MS],
  [/^groups-2$/, -DAY_MS],
  [/^api-gateway-2$/, 60_000],
];

const skew = SKEWS.find(([name]) => name.test(process.env.NODE_ID ?? ''))?.[1] ?? 0;
if (skew !== 0) {
  const RealDate = Date;
  const now = () => RealDate.now() + skew;
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      super(...(args.length === 0 ? [now()] : args));
    }
    static now() {
      return now();
    }
  };
}
