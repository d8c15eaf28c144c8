import type { Entry } from '#shared/room-log/types.ts';

/** An operation of a client on a room: a read with the rev that it showed, or a write with the rev that it was given. */
export interface Operation {
  room: string;
  kind: 'read' | 'write';
  rev: number;
  /** On one monotonic clock, in ms. */
  begun: number;
  ended: number;
}

/** An edit that was acknowledged. Its text is given to no other. */
export interface Edited extends Pick<Operation, 'room' | 'begun' | 'ended'> {
  messageId: string;
  text: string;
}

/** Edits with the revs that the log gave them; one that the log does not have is left out (another check finds it). */
export function withRevs(edits: readonly Edited[], log: readonly Entry[]): Operation[] {
  const byRoom = Map.groupBy(log, ({ room }) => room);
  return edits.flatMap(({ room, messageId, text, begun, ended }) => {
    const mine = (op: object) => 'messageId' in op && op.messageId === messageId;
    const entry = byRoom
      .get(room)
      ?.find(({ changes }) => changes.some(({ op, message }) => mine(op) && message?.text === text));
    const change = entry?.changes.findLast(({ kind, op }) => kind === 'edited' && mine(op));
    return change ? [{ room, kind: 'write' as const, rev: change.rev, begun, ended }] : [];
  });
}

/**
 * Whether each room's operations have an order that respects real time, in which each read shows all writes before it:
 * linearizability. docs/decisions says why comparing revs proves it. Answers what is out of order, in words.
 *
 * An operation that begins after another has ended must not have a lower rev, and a write not the same one.
 */
export function problemsOfHistory(operations: readonly Operation[]): string[] {
  const problems: string[] = [];
  for (const [room, all] of Map.groupBy(operations, (one) => one.room)) {
    const byEnd = all.toSorted((a, b) => a.ended - b.ended);
    let next = 0;
    let newest: Operation | undefined;
    for (const one of all.toSorted((a, b) => a.begun - b.begun)) {
      for (; next < byEnd.length && byEnd[next]!.ended < one.begun; next += 1)
        if (!newest || byEnd[next]!.rev > newest.rev) newest = byEnd[next];
      if (!newest) continue;
      if (one.rev < newest.rev || (one.kind === 'write' && one.rev === newest.rev))
        problems.push(
          `${room}: a ${one.kind} begun ${Math.round(one.begun - newest.ended)} ms after a ${newest.kind} of rev ${newest.rev} was answered has rev ${one.rev}`,
        );
    }
    const written = Map.groupBy(
      all.filter(({ kind }) => kind === 'write'),
      ({ rev }) => rev,
    );
    for (const [rev, { length }] of written)
      if (length > 1) problems.push(`${room}: ${length} writes were given rev ${rev}`);
  }
  return problems;
}
