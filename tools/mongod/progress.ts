/** Tells a person who waits what is going on; stdout stays free for results. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
