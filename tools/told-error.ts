import { ConfigError } from '#shared/config.ts';
import { isFault } from '#shared/errors.ts';

/** True for what the person at the keyboard can put right: told in one line, without a stack trace. */
export function isTold(error: unknown): error is Error {
  if (error instanceof ConfigError || isFault(error)) return true;
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
