import { Presets, SingleBar } from 'cli-progress';

/** Tells how far a step of the work is: a bar with a rate on a terminal, else a line every two seconds. */
export interface Meter {
  step(): void;
  end(): void;
}

const LINE_MS = 2_000;

const rateOf = (done: number, since: number): string =>
  `${Math.round(done / Math.max(0.001, (performance.now() - since) / 1_000))}/s`;

function bar(label: string, total: number, out: NodeJS.WriteStream): Meter {
  const since = performance.now();
  const format = ` ${label.padEnd(10)} {bar} {value}/{total}  {rate}`;
  const shown = new SingleBar({ format, stream: out, hideCursor: true, gracefulExit: false }, Presets.shades_classic);
  shown.start(total, 0, { rate: '' });
  let done = 0;
  return {
    step() {
      done += 1;
      shown.update(done, { rate: rateOf(done, since) });
    },
    end: () => shown.stop(),
  };
}

function lines(label: string, total: number, out: NodeJS.WritableStream): Meter {
  const since = performance.now();
  let said = since;
  let done = 0;
  const say = () => out.write(`${label}: ${done} of ${total}, ${rateOf(done, since)}\n`);
  return {
    step() {
      done += 1;
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
