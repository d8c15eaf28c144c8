import { isDeepStrictEqual } from 'node:util';
import type { Command, Entry, Head, Message, Window } from '#shared/room-log/types.ts';
import { itemOf } from '#shared/room-log/window-item.ts';
import type { Line } from '#test/chaos/ledger.ts';
import { replay, type Replayed } from '#test/chaos/replay.ts';

/** Each check answers what is wrong, in words; nothing when all is well. */

/** P6: rev and seq without a gap, createdAt strictly increasing, each entry's head where its changes lead. */
export function problemsOfLog(entries: readonly Entry[]): string[] {
  const problems: string[] = [];
  let [rev, seq, createdAt] = [0, 0, 0];
  for (const entry of entries) {
    if (entry.from !== rev + 1) problems.push(`the entry after rev ${rev} begins at ${entry.from}`);
    for (const change of entry.changes) {
      if (change.rev !== rev + 1) problems.push(`rev ${change.rev} follows rev ${rev}`);
      rev = change.rev;
      if (change.kind !== 'created') continue;
      if (change.seq !== seq + 1) problems.push(`seq ${change.seq} follows seq ${seq}`);
      seq = change.seq ?? seq;
      // The state may stand at a later change of the same entry.
      const time = entry.changes.findLast((one) => one.seq === change.seq)?.message?.createdAt;
      if (time !== undefined && time <= createdAt) problems.push(`createdAt of seq ${seq} does not increase`);
      createdAt = time ?? createdAt;
    }
    if (entry.to !== rev || entry.head.rev !== rev)
      problems.push(`the entry from ${entry.from} ends before rev ${rev}`);
    if (entry.head.seq !== seq) problems.push(`the head at rev ${rev} has seq ${entry.head.seq}, the log ${seq}`);
  }
  return problems;
}

const inOrder = (messages: Iterable<Message>) => [...messages].sort((a, b) => a.seq - b.seq);

function differences<T extends { messageId: string }>(
  what: string,
  found: readonly T[],
  wanted: readonly T[],
): string[] {
  const problems: string[] = [];
  const known = new Map(found.map((message) => [message.messageId, message]));
  for (const message of wanted)
    if (!isDeepStrictEqual(known.get(message.messageId), message))
      problems.push(`${what}: ${message.messageId} is not as the log says`);
  if (found.length !== wanted.length) problems.push(`${what}: ${found.length} messages, the log has ${wanted.length}`);
  return problems;
}

/** L4: documents above the floor and the head equal what the log says. `documents` without their `_id`. */
export function problemsOfProjection(
  entries: readonly Entry[],
  documents: readonly Message[],
  head: Head | null,
): string[] {
  const { messages, floorSeq } = replay(entries);
  const visible = documents.filter(({ seq }) => seq > floorSeq);
  const problems = differences('documents', inOrder(visible), inOrder(messages.values()));
  const { purgeAt: _found, ...stored } = head ?? {};
  const { purgeAt: _wanted, ...last } = entries.at(-1)?.head ?? {};
  if (!isDeepStrictEqual(stored, last)) problems.push('the head is not where the log ends');
  return problems;
}

/** A window shows the newest 500 messages of the log. */
export function problemsOfWindow(entries: readonly Entry[], window: Pick<Window, 'items' | 'rev'> | null): string[] {
  const wanted = inOrder(replay(entries).messages.values()).slice(-500);
  const problems = differences(
    'window',
    window?.items ?? [],
    wanted.map((message) => itemOf(message)),
  );
  const rev = entries.at(-1)?.to ?? 0;
  if ((window?.rev ?? 0) !== rev) problems.push(`window: at rev ${window?.rev}, the log at ${rev}`);
  return problems;
}

/** How often the log carries out a command. */
function timesDone(command: Command, { changes, texts }: Replayed): number {
  const count = (kind: string, matches: (op: Record<string, unknown>) => boolean) =>
    changes.filter((change) => change.kind === kind && matches({ ...change.op })).length;
  switch (command.op) {
    case 'create':
      return count('created', (op) => op.messageId === command.message.messageId);
    case 'edit':
      return texts.get(command.newText) ?? 0;
    case 'delete':
      return count('deleted', (op) => op.messageId === command.messageId);
    case 'react':
      return count('reacted', (op) => op.messageId === command.messageId && op.userId === command.user.userId);
    case 'recolour':
      return count('recoloured', (op) => op.colour === command.colour);
    case 'delete-room':
      return count('room-deleted', () => true);
  }
}

/**
 * P1, P8: acknowledged is there once; refused (but for `outcome_unknown`) is not there; unknown is there once or not at
 * all; nothing hangs. Commands of the ledger are unique, but for repeats of a create.
 */
export function problemsOfLedger(lines: readonly Line[], room: Replayed): string[] {
  const problems: string[] = [];
  for (const { command, answer } of lines) {
    const name = JSON.stringify(command.op === 'create' ? command.message.messageId : command);
    const times = timesDone(command, room);
    if (times > 1) problems.push(`done ${times} times: ${name}`);
    if (answer.status === 'hung') problems.push(`no answer: ${name}`);
    if (answer.status === 'refused' && answer.code !== 'outcome_unknown' && times > 0 && !acknowledged(lines, command))
      problems.push(`refused as ${answer.code} and yet done: ${name}`);
    if (answer.status !== 'acknowledged') continue;
    const { message, replayed } = answer.outcome;
    if (times === 0 && !replayed) problems.push(`acknowledged and lost: ${name}`);
    if (command.op !== 'create' || !message) continue;
    const stored = room.changes.find(
      ({ kind, op }) => kind === 'created' && 'messageId' in op && op.messageId === message.messageId,
    );
    if (!stored) problems.push(`answered with a message that is not there: ${name}`);
    else if (stored.seq !== message.seq)
      problems.push(`answered with seq ${message.seq}, stored as ${stored.seq}: ${name}`);
  }
  return problems;
}

/** A create may be repeated under its own id: one of the attempts was acknowledged. */
const acknowledged = (lines: readonly Line[], command: Command) =>
  lines.some(
    (line) =>
      line.answer.status === 'acknowledged' &&
      command.op === 'create' &&
      line.command.op === 'create' &&
      line.command.message.messageId === command.message.messageId,
  );
