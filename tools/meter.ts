import { Presets, SingleBar } from 'cli-progress';

/** Tells how far a step of the work is: a bar with rate and time left on a terminal, else a line every two seconds. */
export interface Meter {
  /** `by`: steps done since the last call; 1 when left out. */
  step(by?: number): void;
  end(): void;
}

const LINE_MS = 2_000;

const rateOf = (done: number, since: number): string =>
  `${Math.round(done / Math.max(0.001, (performance.now() - since) / 1_000))}/s`;

/** How long the rest takes at the rate so far. */
function leftOf(done: number, total: number, since: number): string {
  if (done >= total) return 'done';
  if (done === 0) return '';
  const seconds = Math.ceil((((performance.now() - since) / done) * (total - done)) / 1_000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return minutes > 0 ? `${minutes} min ${rest} s left` : `${rest} s left`;
}

function bar(label: string, total: number, out: NodeJS.WriteStream): Meter {
  const since = performance.now();
  const format = ` ${label.padEnd(10)} {bar} {value}/{total}  {rate}  {left}`;
  const shown = new SingleBar({ format, stream: out, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
  shown.start(total, 0, { rate: '', left: '' });
  let done = 0;
  return {
    step(by = 1) {
      done += by;
      shown.update(done, { rate: rateOf(done, since), left: leftOf(done, total, since) });
    },
    end: () => shown.stop(),
  };
}

function lines(label: string, total: number, out: NodeJS.WritableStream): Meter {
  const since = performance.now();
  let said = since;
  let done = 0;
  const say = () => out.write(`${label}: ${done} of ${total}, ${rateOf(done, since)}, ${leftOf(done, total, since)}\n`);
  return {
    step(by = 1) {
      done += by;
      if (performance.now() - said < LINE_MS) return;
      said = performance.now();
      say();
    },
    end: say,
  };
}

/** A meter for `total` steps on `out`. */
export const meter = (label: string, total: number, out: NodeJS.WriteStream = process.stderr): Meter =>
  out.isTTY ? bar(label, total, out) : lines(label, total, out);
