import type { Db } from 'mongodb';
import { DatingRepository } from '#services/profiles/dating/dating.repository.ts';
import { type Examined, examinedFor } from '#tools/bench/dating/examined.ts';
import { type LoadGenerator, type Measured, request } from '#tools/bench/load/load.ts';

/** Viewers that are asked for, each once: none of the lists was made before. */
export const VIEWERS = 200;
export const CLIENTS = 4;
export const POLL_CLIENTS = 32;
const POLL_MS = 3_000;
const TIME_LIMIT_MS = 300_000;

/** Pages that are measured: kilometres and profiles at most. */
const PAGES: readonly [km: number | undefined, limit: number][] = [
  [50, 20],
  [50, 100],
  [50, 2_000],
  [undefined, 100],
  [undefined, 2_000],
];

const pathOf = (viewer: string, km: number | undefined, limit: number) =>
  `/api/dating/profiles?viewer=${viewer}&limit=${limit}${km === undefined ? '' : `&maxDistanceKm=${km}`}`;

export interface PageRow extends Examined {
  km: number | undefined;
  limit: number;
  load: Measured;
}

/** What pages cost that nobody asked for before: documents that the server looks at, and time. */
export async function measurePages(
  db: Db,
  generator: LoadGenerator,
  port: number,
  viewers: readonly string[],
  say: (line: string) => void,
): Promise<PageRow[]> {
  const repository = new DatingRepository(db);
  const rows: PageRow[] = [];
  for (const [km, limit] of PAGES) {
    say(`up to ${limit} profiles within ${km ?? 'any'} km`);
    const examined = await examinedFor(repository, viewers, km, limit);
    const requests = viewers.map((viewer) => request('GET', pathOf(viewer, km, limit)));
    const load = { port, requests, expected: 200, clients: CLIENTS, ms: TIME_LIMIT_MS, once: true };
    rows.push({ km, limit, ...examined, load: await generator.run(load) });
  }
  return rows;
}

/** A list that does not change, asked for with its ETag in a tight loop. */
export async function measurePolling(generator: LoadGenerator, port: number, viewer: string): Promise<Measured> {
  const path = pathOf(viewer, 50, 2_000);
  // As the load asks: an ETag is of one answer in one encoding.
  const headers = { 'Accept-Encoding': 'identity' };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  const etag = response.headers.get('etag');
  if (!response.ok || etag === null) throw new Error(`a list answered ${response.status}, ETag ${etag}`);
  await response.arrayBuffer();
  const requests = [request('GET', path, { headers: { 'If-None-Match': etag } })];
  return generator.run({ port, requests, expected: 304, clients: POLL_CLIENTS, ms: POLL_MS });
}
