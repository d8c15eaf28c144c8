import type { ServiceBroker } from 'moleculer';
import { ConfigError } from '#shared/config.ts';
import { readiness } from '#shared/health/readiness.ts';
import { describeError } from '#shared/logger.ts';

/** All of a process's stopping, in ms; what is not over then is given up. */
export const STOP_MS = 9_500;

/** Ends the process with the one line that says what is to be put right. */
function refuse(error: ConfigError): never {
  process.stderr.write(`truematch: ${error.message}\n`);
  process.exit(1);
}

/** A start that fails for something that a person can put right ends with one line instead of a stack trace. */
export function refuseInOneLine(broker: ServiceBroker): void {
  const start = broker.start.bind(broker);
  broker.start = () =>
    start().catch((error: unknown) => {
      if (error instanceof ConfigError) refuse(error);
      throw error;
    });
}

/**
 * Ends a process of the cluster in order at SIGTERM or Ctrl-C: first it is not ready any more, then the broker takes its
 * services off the others' lists, calls under way end, services close. Exit 0 within 10 s. An error that nobody handled
 * ends the process at once: what starts it starts it again.
 */
export function stopOnSignals(broker: ServiceBroker): void {
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    readiness.drain();
    broker.logger.info(`${signal}: stopping`);
    setTimeout(() => process.exit(1), STOP_MS).unref();
    try {
      await broker.stop();
      process.exit(0);
    } catch (error) {
      broker.logger.error('it did not stop in order', error);
      process.exit(1);
    }
  };
  process.on('SIGTERM', (signal) => void stop(signal));
  process.on('SIGINT', (signal) => void stop(signal));
  const crash = (error: unknown) => {
    if (error instanceof ConfigError) refuse(error);
    broker.logger.fatal('an error that nobody handled: the process ends', describeError(error));
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
