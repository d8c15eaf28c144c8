import type { ErrorCode } from '#shared/errors.ts';
import type { Command, Outcome, Window } from '#shared/room-log/types.ts';
import type { WriterStats } from '#shared/room-log/writer.ts';

/** What the tests and a writer process say to each other. */

/** The steps of a write. `new-head` comes only with the first write of a room. */
export type Step = 'new-head' | 'append' | 'messages' | 'heads';
export type When = 'before' | 'after';

/** How a step is made to fail, as the driver reports it. */
export type Failure = 'not-primary' | 'write-concern' | 'network';

/** How a write ended for its caller. */
export type Answer =
  | { status: 'acknowledged'; outcome: Outcome }
  /** `bug`: an error without a code of its own. */
  | { status: 'refused'; code: ErrorCode | 'bug'; detail: string }
  /** The process died before it answered. */
  | { status: 'died' }
  /** No answer long after the deadline. */
  | { status: 'hung' };

export type ToWriter =
  | { kind: 'submit'; id: number; room: string; command: Command; budgetMs: number }
  | { kind: 'arm'; step: Step; when: When }
  | { kind: 'go'; failure?: Failure }
  | { kind: 'sweep' | 'stats' | 'close'; id: number }
  | { kind: 'window'; id: number; room: string };

export type FromWriter =
  | { kind: 'ready' }
  | { kind: 'answer'; id: number; answer: Answer }
  | { kind: 'at-the-step' }
  | { kind: 'result'; id: number; value?: Window | WriterStats | null };
