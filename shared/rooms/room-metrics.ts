import { exposeCounters, exposeGauge } from '#shared/health/metrics.ts';
import type { OpenRooms } from '#shared/room-log/open.ts';

/** The room logs that are open in this process, by service. */
const open = new Map<string, OpenRooms>();
let exposed = false;

/** Makes a room log's counters part of the process's metrics; answers what takes them out again. */
export function exposeRooms(service: string, rooms: OpenRooms): () => void {
  open.set(service, rooms);
  if (!exposed) expose();
  exposed = true;
  return () => {
    if (open.get(service) === rooms) open.delete(service);
  };
}

function sums(read: (rooms: OpenRooms) => Record<string, number>): Record<string, number> {
  const total: Record<string, number> = {};
  for (const rooms of open.values())
    for (const [name, count] of Object.entries(read(rooms))) total[name] = (total[name] ?? 0) + count;
  return total;
}

function expose(): void {
  exposeCounters(
    'room_log_total',
    'What the room log did: flushes, entries, changes (changes / flushes is the size of a flush), conflicts, appends without an outcome, refused entries, failed projections.',
    'what',
    () => sums(({ stats }) => ({ ...stats })),
  );
  exposeCounters('window_reads_total', 'Reads of latest windows, by where the base came from.', 'base', () =>
    sums(({ windowStats }) => ({ ...windowStats })),
  );
  exposeGauge('room_log_waiting', 'Writes that wait for a flush.', () =>
    [...open.values()].reduce((count, { waiting }) => count + waiting, 0),
  );
  exposeGauge(
    'room_log_overdue_seconds',
    'For how long log entries have been kept beyond their time because Kafka does not have them; an alarm when not 0.',
    () => Math.max(0, ...[...open.values()].map(({ sweeper }) => sweeper.overdueMs)) / 1_000,
  );
}
