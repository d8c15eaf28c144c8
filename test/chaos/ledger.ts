import { databaseFault } from '#shared/mongo-faults.ts';
import { monotonic } from '#shared/deadline.ts';
import { isFault } from '#shared/errors.ts';
import type { Rooms } from '#shared/room-log/rooms.ts';
import type { Command } from '#shared/room-log/types.ts';
import type { Answer } from '#test/chaos/protocol.ts';

/** One write, and how it ended for its caller. */
export interface Line {
  room: string;
  command: Command;
  answer: Answer;
}

/** Who writes: a writer process, or a room log of the test's own process. */
export interface Actor {
  submit(room: string, command: Command, budgetMs: number): Promise<Answer>;
}

/** What was asked of whom, and what they said. */
export class Ledger {
  readonly lines: Line[] = [];

  /** Has the command carried out, and notes the answer once it is there. */
  async write(actor: Actor, room: string, command: Command, budgetMs = 8_000): Promise<Answer> {
    const answer = await actor.submit(room, command, budgetMs);
    this.lines.push({ room, command, answer });
    return answer;
  }
}

/** A room log of this process as an actor. */
export const actorOf = (rooms: Rooms): Actor => ({
  async submit(room, command, budgetMs) {
    try {
      return { status: 'acknowledged', outcome: await rooms.submit(room, command, monotonic() + budgetMs) };
    } catch (raw) {
      const error = databaseFault(raw);
      if (isFault(error)) return { status: 'refused', code: error.type, detail: error.message };
      return { status: 'refused', code: 'bug', detail: String(error) };
    }
  },
});
