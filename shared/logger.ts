import { pino, type Level, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '#shared/config.ts';
import { currentRequestId } from '#shared/request-scope.ts';

interface Described {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: Described;
}

const MAX_CAUSES = 5;

/**
 * An error as it is logged: name, message, code, stack and causes. Its other fields stay out, because those of the
 * MongoDB driver carry whole documents, message texts included.
 */
export function describeError(error: unknown, causes = MAX_CAUSES): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(error.cause !== undefined && causes > 0 ? { cause: describeError(error.cause, causes - 1) } : {}),
  };
}

/** Lines of JSON on stdout; coloured lines for people when stdout is a terminal. */
export function createLogger({ logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>): Logger {
  const forPeople = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY);
  const options = {
    level: logLevel,
    serializers: { err: (error: unknown) => describeError(error) },
    formatters: forPeople ? {} : { level: (level: string) => ({ level }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { requestId };
    },
    redact: { paths: ['*.authorization', '*.cookie', '*.password', '*.token'], censor: '(hidden)' },
  };
  return forPeople
    ? pino(
        options,
        pretty({
          colorize: true,
          sync: true,
          ignore: 'pid,hostname,nodeID,mod,svc',
          messageFormat: '{if svc}{svc}: {end}{msg}',
          translateTime: 'SYS:HH:MM:ss.l',
        }),
      )
    : pino(options, pino.destination({ dest: 1, sync: true }));
}

type LogHandlers = Record<Level, (...args: unknown[]) => void>;

/**
 * What Moleculer logs through: `logger.error('text', error, { room })` in any order becomes one record. (pino alone
 * would drop what follows the text.)
 */
function handlers(logger: Logger): LogHandlers {
  const at =
    (level: Level) =>
    (...args: unknown[]) => {
      const texts = args.filter((one) => typeof one !== 'object' || one === null);
      const error = args.find((one) => one instanceof Error);
      const fields = args.filter((one) => typeof one === 'object' && one !== null && !(one instanceof Error));
      const text = texts.length > 0 ? texts.join(' ') : error?.message;
      logger[level](Object.assign({}, ...fields, error && { err: error }), text);
    };
  return {
    fatal: at('fatal'),
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    debug: at('debug'),
    trace: at('trace'),
  };
}

/** Moleculer's own modules tell at info what the ready block says better. */
const QUIETED = new Set(['info', 'debug']);

/** The broker's `createLogger`: services log at the configured level, Moleculer's own modules only warnings unless it is trace. */
export function moleculerLogger(logger: Logger) {
  return (level: string, bindings: Record<string, unknown>): LogHandlers => {
    const { nodeID, svc, mod } = bindings;
    const own = typeof svc === 'string';
    return handlers(
      logger.child(own ? { nodeID, svc } : { nodeID, mod }, { level: !own && QUIETED.has(level) ? 'warn' : level }),
    );
  };
}
