/** What is away for longer is told of so often, in ms, however often it is missed. */
const REPEAT_MS = 30_000;
/** Texts remembered, so that endless different ones cost nothing. */
const REMEMBERED = 100;

/** A filter that lets a text through unless it was said within the last 30 s. `now` is monotonic ms. */
export function sayOnce(say: (message: string) => void, now: () => number = () => performance.now()) {
  const said = new Map<string, number>();
  return (message: string): void => {
    const last = said.get(message);
    if (last !== undefined && now() - last < REPEAT_MS) return;
    said.delete(message);
    said.set(message, now());
    if (said.size > REMEMBERED) said.delete(said.keys().next().value!);
    say(message);
  };
}
