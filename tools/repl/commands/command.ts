import type { BrokerOptions, ServiceBroker } from 'moleculer';

/** A command of the prompt, as moleculer-repl takes it. */
export type Command = NonNullable<NonNullable<BrokerOptions['replOptions']>['customCommands']>[number];

interface Definition {
  /** `room <id>`: the word, and what must follow it. */
  command: string;
  /** For `help`. */
  description: string;
  options?: { option: string; description: string }[];
  /** Answers the lines to print. Arguments are named as in `command`. */
  run: (broker: ServiceBroker, args: Record<string, string>, options: Record<string, unknown>) => Promise<string[]>;
}

/** Moleculer declares these as words; it hands over an object with the arguments by name. */
type Args = Record<string, string> & { options: Record<string, unknown> };

/** What a person needs to know of an error: what it says, and which parameters were refused. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { data } = error as { data?: unknown };
  const refused = (Array.isArray(data) ? data : []) as { field?: string; message?: string }[];
  return [error.message, ...refused.map(({ field, message }) => `  ${field}: ${message}`)].join('\n');
}

/** A command that prints its answer, and its failure without the stack. */
export function command({ run, ...rest }: Definition): Command {
  return {
    ...rest,
    async action(broker, given) {
      const { options, ...args } = given as unknown as Args;
      try {
        process.stdout.write(`${(await run(broker, args, options)).join('\n')}\n`);
      } catch (error) {
        process.stdout.write(`${describe(error)}\n`);
      }
    },
  };
}
