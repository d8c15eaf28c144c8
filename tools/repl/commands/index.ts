import { affinity } from '#tools/repl/commands/affinity.ts';
import type { Command } from '#tools/repl/commands/command.ts';
import { latest } from '#tools/repl/commands/latest.ts';
import { room } from '#tools/repl/commands/room.ts';

/** What the prompt knows beside moleculer-repl's own commands. */
export const COMMANDS: Command[] = [room, affinity, latest];
