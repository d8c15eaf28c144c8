import { parseArgs } from 'node:util';
import { config } from '#shared/config.ts';
import { MOST_GROUPS, MOST_USERS } from '#tools/demo/cast.ts';

export const USAGE = `Fills a running instance with a lively sample. Repeatable: nothing is added twice.

  npm run demo -- [--url http://127.0.0.1:8081/api] [--groups 20] [--users 50] [--messages 2000]
`;

/** Something the person at the keyboard can put right: told in one line, without a stack trace. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

export interface Options {
  /** Base URL with `/api`, without a trailing slash. */
  url: string;
  groups: number;
  users: number;
  messages: number;
  help: boolean;
}

/** The whole sample is planned in memory: about 1 kB a message. */
const MOST_MESSAGES = 100_000;

function whole(name: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max)
    throw new DemoError(`--${name} ${value}: must be a whole number from ${min} to ${max}`);
  return number;
}

function urlOf(value: string | undefined): string {
  if (value === undefined) {
    const { host, port } = config();
    return `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}/api`;
  }
  if (!URL.canParse(value) || !/^https?:/.test(value)) throw new DemoError(`--url ${value}: must be an http(s) URL`);
  return value.replace(/\/+$/, '');
}

/** Reads the command line. Throws DemoError, or the parser's TypeError for an unknown option. */
export function optionsOf(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      url: { type: 'string' },
      groups: { type: 'string', default: '20' },
      users: { type: 'string', default: '50' },
      messages: { type: 'string', default: '2000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return {
    url: urlOf(values.url),
    groups: whole('groups', values.groups, 1, MOST_GROUPS),
    users: whole('users', values.users, 4, MOST_USERS),
    messages: whole('messages', values.messages, 0, MOST_MESSAGES),
    help: values.help,
  };
}
