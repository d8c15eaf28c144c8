import { KIB } from '#shared/limits.ts';

/**
 * The socket server has this long to answer, in ms: a list of groups must not wait longer for a mere number, and less than
 * the gateway gives one try of a read, or it would take the groups service for silent.
 */
const TIMEOUT_MS = 1_000;

/** A count for 5,000 groups with ids of the greatest length fits. */
const MAX_BODY_BYTES = 1024 * KIB;

export type Counts = ReadonlyMap<string, number>;

const NONE: Counts = new Map();

export interface OnlineCounts {
  /** Users online by group id, at most the TTL old; empty while the socket server cannot be asked. Never throws. */
  get(): Promise<Counts>;
}

interface Options {
  /** Base URL of the socket server's API, such as http://localhost:8080/api. */
  apiUrl: string;
  /** How long counts are kept, and a failure too: a dead socket server must not cost every list its time-out. */
  ttlSeconds: number;
  /** Told of the first failure after a success. */
  onFailure: (error: unknown) => void;
  timeoutMs?: number;
}

/** Counts asked of the socket server: one request under way at a time, its answer kept for the TTL. */
export function onlineCounts({ apiUrl, ttlSeconds, onFailure, timeoutMs = TIMEOUT_MS }: Options): OnlineCounts {
  let kept: { counts: Counts; until: number } | undefined;
  let underWay: Promise<Counts> | undefined;
  let failing = false;

  const ask = async (): Promise<Counts> => {
    try {
      const counts = await fetchCounts(`${apiUrl}/groups/online-counts`, timeoutMs);
      failing = false;
      return counts;
    } catch (error) {
      if (!failing) onFailure(error);
      failing = true;
      return NONE;
    }
  };

  const refresh = async (): Promise<Counts> => {
    const counts = await ask();
    kept = { counts, until: performance.now() + ttlSeconds * 1_000 };
    underWay = undefined;
    return counts;
  };

  return {
    get: async () => (kept && performance.now() < kept.until ? kept.counts : (underWay ??= refresh())),
  };
}

async function fetchCounts(url: string, timeoutMs: number): Promise<Counts> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  const body = await boundedText(response);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return parseCounts(JSON.parse(body));
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop by the throw cancels the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new Error(`online counts are over ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `{counts: {id: n}}`, `{id: n}` or `[{groupId | id, count | online}]`. What is no count is left out; no other shape is read. */
export function parseCounts(body: unknown): Counts {
  if (!isObject(body)) throw new Error('online counts are neither an object nor a list');
  const pairs: [unknown, unknown][] = Array.isArray(body)
    ? body.filter(isObject).map((one) => [one.groupId ?? one.id, one.count ?? one.online])
    : Object.entries(isObject(body.counts) ? body.counts : body);
  return new Map(
    pairs.filter(
      (pair): pair is [string, number] =>
        typeof pair[0] === 'string' && Number.isSafeInteger(pair[1]) && (pair[1] as number) >= 0,
    ),
  );
}
